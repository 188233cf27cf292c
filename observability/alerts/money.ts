import type { Alert } from '../rules.ts';

/** Money, and what the shop and Stripe say of it. */
export const moneyAlerts: readonly Alert[] = [
  {
    name: 'InvariantBroken',
    severity: 'page',
    area: 'money',
    expr: 'max by (check) (audit_violations) > 0',
    keepFiringFor: '15m',
    summary: 'The books or the stock are wrong',
    description:
      '{{ $value }} rows break the invariant {{ $labels.check }}, as the last reconciliation found.',
    runbook: 'reconciliation-findings.md#books_differ',
    fires: [
      {
        given: {
          'audit_violations{check="ledger-balances",instance="app:5004"}': '0 1x5',
          'audit_violations{check="ledger-balances",instance="app:5005"}': '0x99',
        },
        at: '3m',
        labels: { check: 'ledger-balances' },
        description:
          '1 rows break the invariant ledger-balances, as the last reconciliation found.',
      },
    ],
    silent: [
      {
        given: { 'audit_violations{check="ledger-balances",instance="app:5004"}': '0x5' },
        at: '3m',
      },
    ],
  },
  {
    name: 'PaymentsNotApplied',
    severity: 'page',
    area: 'money',
    expr: 'max(stripe_webhook_oldest_waiting_age_seconds) > 300',
    for: '2m',
    summary: 'Payments are not applied',
    description:
      'An event of Stripe has waited for {{ $value | humanizeDuration }}: somebody may have paid and sees an unpaid order.',
    runbook: 'webhooks-not-applied.md',
    fires: [
      {
        given: {
          'stripe_webhook_oldest_waiting_age_seconds{instance="app:5004"}': '0+60x15',
          'stripe_webhook_oldest_waiting_age_seconds{instance="app:5005"}': '0x99',
        },
        at: '10m',
        description:
          'An event of Stripe has waited for 10m 0s: somebody may have paid and sees an unpaid order.',
      },
    ],
    silent: [
      {
        given: { 'stripe_webhook_oldest_waiting_age_seconds{instance="app:5004"}': '200x15' },
        at: '10m',
      },
    ],
  },
  {
    name: 'MoneyParked',
    severity: 'ticket',
    area: 'money',
    expr: 'max(stripe_webhook_events_parked) > 0',
    summary: 'Money came in that does not match',
    description: '{{ $value }} events of Stripe are parked and wait for a person.',
    runbook: 'parked-money.md',
    fires: [
      {
        given: {
          'stripe_webhook_events_parked{instance="app:5004"}': '0 1x5',
          'stripe_webhook_events_parked{instance="app:5005"}': '0x99',
        },
        at: '3m',
        description: '1 events of Stripe are parked and wait for a person.',
      },
    ],
    silent: [{ given: { 'stripe_webhook_events_parked{instance="app:5004"}': '0x5' }, at: '3m' }],
  },
  {
    name: 'FindingsOpen',
    severity: 'ticket',
    area: 'money',
    expr: 'max by (kind) (reconciliation_findings) > 0',
    summary: 'Stripe and the shop differ',
    description: '{{ $value }} findings of the kind {{ $labels.kind }} wait for a person.',
    runbook: 'reconciliation-findings.md',
    fires: [
      {
        given: {
          'reconciliation_findings{kind="payment_unknown",instance="app:5004"}': '1x5',
          'reconciliation_findings{kind="payment_unknown",instance="app:5005"}': '0x99',
        },
        at: '3m',
        labels: { kind: 'payment_unknown' },
        description: '1 findings of the kind payment_unknown wait for a person.',
      },
    ],
    silent: [
      {
        given: { 'reconciliation_findings{kind="payment_unknown",instance="app:5004"}': '1x3 0x5' },
        at: '6m',
      },
    ],
  },
  {
    name: 'ReconciliationStale',
    severity: 'ticket',
    area: 'money',
    expr: 'time() - max(reconciliation_last_success_timestamp_seconds) > 1800',
    for: '5m',
    summary: 'The shop is not compared with Stripe',
    description: 'The last comparison to the end was {{ $value | humanizeDuration }} ago.',
    runbook: 'reconciliation-findings.md#reconciled-in-time',
    fires: [
      {
        // Compared at minute 10, looked at an hour later.
        given: {
          'reconciliation_last_success_timestamp_seconds{instance="app:5004"}': '600x80',
          'reconciliation_last_success_timestamp_seconds{instance="app:5005"}': '300x80',
        },
        at: '70m',
        description: 'The last comparison to the end was 1h 0m 0s ago.',
      },
    ],
    silent: [
      {
        given: { 'reconciliation_last_success_timestamp_seconds{instance="app:5004"}': '3600x80' },
        at: '80m',
      },
    ],
  },
];
