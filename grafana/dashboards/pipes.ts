import { dashboard } from '../kit/dashboard.ts';
import { heatmap, lines, orNothing, quantiles } from '../kit/panels.ts';

const OUTBOX = 'events-not-sent.md';
const BROKER = 'events-not-sent.md#the-broker-is-away';
const JOBS = 'README.md#nothing-is-worked-off';
const STRIPE = 'webhooks-not-applied.md';
const ENDPOINTS = 'webhook-endpoint-failing.md';

const per = (metric: string, by: string) => `sum by (${by}) (rate(${metric}[$__rate_interval]))`;

/** What goes on after an answer: events, jobs, webhooks in and out. */
export const pipes = dashboard(
  {
    uid: 'pipes',
    title: 'queue, outbox, webhooks',
    description:
      'What was committed and is worked off after the answer. All of it waits safely; how long is the question.',
  },
  {
    'Outbox: events on their way to consumers': [
      lines({
        title: 'Age of the oldest event that waits, s',
        description: 'Line: where OutboxLags begins.',
        unit: 's',
        runbook: OUTBOX,
        queries: { oldest: 'max(outbox_oldest_unpublished_age_seconds)' },
        limits: [60],
      }),
      lines({
        title: 'Events that wait, and that were given up on',
        description: 'The same in every process.',
        unit: 'short',
        runbook: OUTBOX,
        queries: {
          waiting: 'max(outbox_unpublished_events)',
          'given up': 'max(outbox_dead_events)',
        },
      }),
      quantiles({
        title: 'Time from an event to its being sent on, s',
        description: 'Line: the time promised.',
        unit: 's',
        runbook: OUTBOX,
        histogram: 'outbox_publish_delay_seconds',
        limits: [10],
      }),
      heatmap({
        title: 'Time to being sent on, how many how long',
        description: 'Most within half a second, as the relay looks every 200 ms.',
        unit: 's',
        runbook: OUTBOX,
        histogram: 'outbox_publish_delay_seconds',
      }),
      lines({
        title: 'Events per second',
        description: 'Sent on, and attempts that failed.',
        unit: 'short',
        runbook: OUTBOX,
        queries: {
          sent: 'sum(rate(outbox_published_total[$__rate_interval]))',
          'failed attempts': 'sum(rate(outbox_publish_failures_total[$__rate_interval]))',
        },
      }),
      lines({
        title: 'Events given to consumers per second',
        description: 'applied, duplicate (known before, nothing done) and failed.',
        unit: 'short',
        runbook: OUTBOX,
        queries: { '{{consumer}} {{outcome}}': per('inbox_events_total', 'consumer, outcome') },
      }),
    ],
    'Broker: events on their way to other programs': [
      lines({
        title: 'Age of the oldest event that the broker does not have, s',
        description: 'Line: where BrokerLags begins. 0 in a shop without a broker.',
        unit: 's',
        runbook: BROKER,
        queries: { oldest: 'max(broker_oldest_unpublished_age_seconds)' },
        limits: [60],
      }),
      lines({
        title: 'Events that wait for the broker, and that were given up on',
        description: 'The same in every process.',
        unit: 'short',
        runbook: BROKER,
        queries: {
          waiting: 'max(broker_unpublished_events)',
          'given up': 'max(broker_dead_events)',
        },
      }),
      lines({
        title: 'Events to the broker per second',
        description: 'Sent, and attempts that failed by fault of the event.',
        unit: 'short',
        runbook: BROKER,
        queries: {
          sent: 'sum(rate(broker_published_total[$__rate_interval]))',
          'failed attempts': 'sum(rate(broker_publish_failures_total[$__rate_interval]))',
        },
      }),
    ],
    Jobs: [
      lines({
        title: 'Age of the oldest job that is due, s',
        description: 'Line: where JobsWait begins.',
        unit: 's',
        runbook: JOBS,
        queries: { oldest: 'max(jobs_oldest_due_age_seconds)' },
        limits: [300],
      }),
      lines({
        title: 'Jobs due, and dead by task',
        description: 'Dead ones failed for the last time and wait for a person.',
        unit: 'short',
        runbook: JOBS,
        queries: {
          due: 'max(jobs_due)',
          'dead: {{task}}': orNothing('max by (task) (jobs_dead)'),
        },
      }),
      lines({
        title: 'Attempts at jobs per second',
        description: 'By task and outcome: done, failed.',
        unit: 'short',
        runbook: JOBS,
        queries: { '{{task}} {{outcome}}': per('job_duration_seconds_count', 'task, outcome') },
      }),
      lines({
        title: 'Time of jobs, 99th percentile by task, s',
        description: 'Of one attempt.',
        unit: 's',
        runbook: JOBS,
        queries: {
          '{{task}}':
            'histogram_quantile(0.99, sum by (le, task) (rate(job_duration_seconds_bucket[$__rate_interval])))',
        },
      }),
      heatmap({
        title: 'Time of jobs, how many took how long',
        description: 'Of one attempt.',
        unit: 's',
        runbook: JOBS,
        histogram: 'job_duration_seconds',
      }),
    ],
    'Stripe’s webhooks, in': [
      lines({
        title: 'Stripe’s events per second, by outcome',
        description: 'refused: a signature that does not fit. parked: money that does not match.',
        unit: 'short',
        runbook: STRIPE,
        queries: { '{{outcome}}': per('stripe_webhook_events_total', 'outcome') },
      }),
      lines({
        title: 'Stripe’s events that wait or are parked',
        description: 'Parked ones wait for a person.',
        unit: 'short',
        runbook: 'parked-money.md',
        queries: {
          waiting: 'max(stripe_webhook_events_waiting)',
          parked: 'max(stripe_webhook_events_parked)',
        },
      }),
      quantiles({
        title: 'Time from taking in to applying, s',
        description: 'Line: the time promised.',
        unit: 's',
        runbook: STRIPE,
        histogram: 'stripe_webhook_lag_seconds',
        limits: [300],
      }),
      lines({
        title: 'Age of the oldest that waits, s',
        description: 'Line: where PaymentsNotApplied begins.',
        unit: 's',
        runbook: STRIPE,
        queries: { oldest: 'max(stripe_webhook_oldest_waiting_age_seconds)' },
        limits: [300],
      }),
    ],
    'Merchants’ endpoints, out': [
      lines({
        title: 'Attempts to deliver per second, by outcome',
        description: 'retried: failed and tried again; failed: given up.',
        unit: 'short',
        runbook: ENDPOINTS,
        queries: { '{{outcome}}': per('webhook_deliveries_total', 'outcome') },
      }),
      lines({
        title: 'Deliveries that wait',
        description: 'Those of disabled endpoints too. Growing: DeliveriesPile.',
        unit: 'short',
        runbook: ENDPOINTS,
        queries: { waiting: 'max(webhook_deliveries_pending)' },
      }),
      quantiles({
        title: 'Time of an attempt, s',
        description: 'Receivers have ten seconds.',
        unit: 's',
        runbook: ENDPOINTS,
        histogram: 'webhook_delivery_duration_seconds',
        limits: [10],
      }),
      heatmap({
        title: 'Time of an attempt, how many how long',
        description: 'All endpoints together.',
        unit: 's',
        runbook: ENDPOINTS,
        histogram: 'webhook_delivery_duration_seconds',
      }),
    ],
  },
);
