import { dashboard } from '../kit/dashboard.ts';
import { heatmap, lines, orNothing } from '../kit/panels.ts';

const STRIPE = 'stripe-unreachable.md';
const FINDINGS = 'reconciliation-findings.md';

const per = (metric: string, by: string) => `sum by (${by}) (rate(${metric}[$__rate_interval]))`;

/** Calls to Stripe and the mail server, and what Stripe and the books say of each other. */
export const services = dashboard(
  {
    uid: 'services',
    title: 'other services and the books',
    description:
      'How Stripe and the mail server do, as seen by the shop’s calls, and whether the books agree.',
  },
  {
    'Calls to other services': [
      lines({
        title: 'State of circuits',
        description: '0 closed, 1 half open, 2 open: calls are refused until a probe succeeds.',
        unit: 'short',
        runbook: STRIPE,
        queries: { '{{dependency}}': 'max by (dependency) (dependency_circuit_state)' },
        limits: [2],
        max: 2,
      }),
      lines({
        title: 'Calls per second, by outcome',
        description:
          'Tries: ok, refused, busy, failed, timeout. Not made or cut short: circuit_open, overloaded, deadline.',
        unit: 'short',
        runbook: STRIPE,
        queries: {
          '{{dependency}} {{outcome}}': per('dependency_calls_total', 'dependency, outcome'),
        },
      }),
      lines({
        title: 'Time of a try, 99th percentile by operation, s',
        description: 'A try alone, without the waits between tries.',
        unit: 's',
        runbook: STRIPE,
        queries: {
          '{{dependency}} {{operation}}':
            'histogram_quantile(0.99, sum by (le, dependency, operation) (rate(dependency_call_duration_seconds_bucket[$__rate_interval])))',
        },
      }),
      heatmap({
        title: 'Time of tries at Stripe, how many took how long',
        description: 'Lists that reconciliation reads are not in it.',
        unit: 's',
        runbook: STRIPE,
        histogram: 'dependency_call_duration_seconds',
        selector: 'dependency="stripe"',
      }),
      lines({
        title: 'Tries after the first, per second',
        description: 'More than a tenth of the calls: the other side has trouble.',
        unit: 'short',
        runbook: STRIPE,
        queries: {
          '{{dependency}}': orNothing(per('dependency_retries_total', 'dependency')),
        },
      }),
      lines({
        title: 'Tokens of the retry budget',
        description: 'Of 10. Line: at 5 or fewer nothing is tried again.',
        unit: 'short',
        runbook: STRIPE,
        queries: { '{{dependency}}': 'min by (dependency) (dependency_retry_budget_tokens)' },
        limits: [5],
      }),
    ],
    'Stripe and the books': [
      lines({
        title: 'Findings that wait for a person, by kind',
        description: 'What differs between Stripe and the shop.',
        unit: 'short',
        runbook: FINDINGS,
        queries: { '{{kind}}': orNothing('max by (kind) (reconciliation_findings)') },
      }),
      lines({
        title: 'Rows that break an invariant, by check',
        description: '0 is the only good value.',
        unit: 'short',
        runbook: `${FINDINGS}#books_differ`,
        queries: { '{{check}}': orNothing('max by (check) (audit_violations)') },
      }),
      lines({
        title: 'Time since the last comparison to the end, s',
        description: 'Line: where ReconciliationStale begins.',
        unit: 's',
        runbook: `${FINDINGS}#reconciled-in-time`,
        queries: { since: 'time() - max(reconciliation_last_success_timestamp_seconds)' },
        limits: [1800],
      }),
      lines({
        title: 'What was lost and put right, per second',
        description: 'By kind. Events that heal: webhooks do not arrive.',
        unit: 'short',
        runbook: STRIPE,
        queries: { '{{kind}}': orNothing(per('reconciliation_healed_total', 'kind')) },
      }),
      lines({
        title: 'Tasks open for administrators',
        description: 'By severity.',
        unit: 'short',
        runbook: FINDINGS,
        queries: { '{{severity}}': orNothing('max by (severity) (admin_tasks_open)') },
      }),
      lines({
        title: 'Movements that the ledger lacked, per second',
        description: 'Above 0 beside an older version only.',
        unit: 'short',
        runbook: 'ledger-differs.md',
        queries: { posted: 'sum(rate(ledger_movements_repaired_total[$__rate_interval]))' },
      }),
    ],
  },
);
