import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { DatabaseVitals } from '../database/vitals.ts';
import type { Backlog } from '../events/backlog.ts';
import type { QueueState } from '../events/jobs.ts';
import { setFormat } from './exposition.ts';
import {
  labelled,
  metricKinds,
  type OpenWork,
  type PoolState,
  type WebhookBacklog,
} from './metric-kinds.ts';
import { ownCounts } from './own-counts.ts';
import { sampled } from './sampled.ts';
import { trafficMetrics } from './traffic-metrics.ts';
import { version } from './version.ts';

const SHORT = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const LONG = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];
/** The edges that OpenTelemetry gives HTTP durations. */
const HTTP = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const DEPENDENCY = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20];

export type Metrics = ReturnType<typeof createMetrics>;

/** Every metric of the shop, by name and unit. Labels are bounded: route templates, never raw paths or ids. */
export function createMetrics() {
  const registry = new Registry();
  // prom-client declares exemplars in no other format; each scrape gets the one it asks for.
  setFormat(registry, Registry.OPENMETRICS_CONTENT_TYPE);
  collectDefaultMetrics({ register: registry });
  const outboxBacklog = sampled<Backlog>();
  const openWork = sampled<OpenWork>();
  const vitals = sampled<DatabaseVitals>();
  const queue = sampled<QueueState>();
  const webhookBacklog = sampled<WebhookBacklog>();
  let poolState = (): PoolState => ({ max: 0, busy: 0, idle: 0, waiting: 0 });
  let loop = performance.eventLoopUtilization();

  const { counter, count, gauge, read, seconds } = metricKinds(registry);

  read(
    'build_info',
    'Always 1; its label says which version runs.',
    function collect() {
      this.set({ version }, 1);
    },
    'version',
  );
  read(
    'nodejs_eventloop_utilization_ratio',
    'Share of the time since the last scrape in which the event loop was busy, 0 to 1.',
    function collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, loop).utilization);
      loop = now;
    },
  );

  count(
    'telemetry_spans_total',
    'Spans of traces, by outcome: sent, lost (the collector did not take them).',
    'outcome',
    () => ({ sent: ownCounts.spansSent, lost: ownCounts.spansLost }),
  );
  count(
    'log_lines_dropped_total',
    'Log lines that were dropped, by reason: unread (nobody read the log in time).',
    'reason',
    () => ({ unread: ownCounts.linesDropped }),
  );

  // The database, and the connections to it.
  read('database_up', 'Whether the database answers: 1, or 0.', async function collect() {
    this.set((await vitals.read()) ? 1 : 0);
  });
  read('database_size_bytes', 'Size of the shop’s database.', vitals.into('sizeBytes'));
  read(
    'database_connections',
    'Connections to the shop’s database, of every process.',
    vitals.into('connections'),
  );
  read(
    'database_connections_max',
    'Connections that the server takes.',
    vitals.into('maxConnections'),
  );
  read(
    'database_lock_waits',
    'Connections that wait for a lock of another.',
    vitals.into('lockWaits'),
  );
  read(
    'database_oldest_transaction_age_seconds',
    'How long the oldest open transaction has run, in seconds; 0 when none does.',
    vitals.into('oldestTransactionSeconds'),
  );
  read(
    'database_pool_connections',
    'Connections of this process’s pool, by state: busy, idle.',
    function collect() {
      const { busy, idle } = poolState();
      this.set({ state: 'busy' }, busy);
      this.set({ state: 'idle' }, idle);
    },
    'state',
  );
  read(
    'database_pool_connections_max',
    'Most connections of this process’s pool.',
    function collect() {
      this.set(poolState().max);
    },
  );
  read(
    'database_pool_waiting_requests',
    'Work of this process that waits for a connection of its pool.',
    function collect() {
      this.set(poolState().waiting);
    },
  );

  // What waits, the same in every process.
  read(
    'outbox_unpublished_events',
    'Events that wait to be sent on, the same in every process.',
    outboxBacklog.into('waiting'),
  );
  read(
    'outbox_oldest_unpublished_age_seconds',
    'How long the oldest of them has waited, in seconds; 0 when none does.',
    outboxBacklog.into('oldestSeconds'),
  );
  read(
    'outbox_dead_events',
    'Events that were given up on and wait for a person, the same in every process.',
    outboxBacklog.into('dead'),
  );
  read(
    'jobs_due',
    'Jobs of the shared queue that could begin now and have not.',
    queue.into('due'),
  );
  read(
    'jobs_oldest_due_age_seconds',
    'How long the first of them has been due, in seconds; 0 when none is.',
    queue.into('oldestSeconds'),
  );
  read(
    'jobs_dead',
    'Jobs of the shared queue that failed for the last time and wait for a person, by task.',
    queue.intoEach(({ dead }) => labelled('task', dead)),
    'task',
  );
  read(
    'stripe_webhook_events_waiting',
    'Stripe events that were taken in and are not applied yet.',
    webhookBacklog.into('waiting'),
  );
  read(
    'stripe_webhook_oldest_waiting_age_seconds',
    'How long the oldest of them has waited, in seconds; 0 when none does.',
    webhookBacklog.into('oldestSeconds'),
  );
  read(
    'stripe_webhook_events_parked',
    'Stripe events kept for a person: money that does not match, or what cannot be applied.',
    webhookBacklog.into('parked'),
  );
  read(
    'reconciliation_findings',
    'Differences that only a person can put right, found now and not dismissed, by kind.',
    openWork.intoEach(({ findings }) => labelled('kind', findings)),
    'kind',
  );
  read(
    'audit_violations',
    'Rows that break an invariant, as the last reconciliation found them, by check; none is the only good value.',
    openWork.intoEach(({ violations }) => labelled('check', violations)),
    'check',
  );
  read(
    'reconciliation_last_success_timestamp_seconds',
    'When the shop was last compared with Stripe to the end, in seconds since 1970.',
    openWork.intoEach(({ lastSuccess }) =>
      lastSuccess === null ? [] : [{ labels: {}, value: lastSuccess.getTime() / 1000 }],
    ),
  );
  read(
    'admin_tasks_open',
    'Tasks that wait for an administrator, by severity: error, warning.',
    openWork.intoEach(({ tasks }) => labelled('severity', tasks)),
    'severity',
  );

  return {
    registry,
    outboxBacklog,
    openWork,
    vitals,
    queue,
    webhookBacklog,
    /** The pool's connections now. */
    pool: (): PoolState => poolState(),
    /** Says how to see the pool's connections. */
    watchPool(state: () => PoolState): void {
      poolState = state;
    },

    httpRequestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last byte of its response, in seconds.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: HTTP,
      enableExemplars: true,
      registers: [registry],
    }),
    httpRequests: counter('http_requests_total', 'Requests answered.', 'method', 'route', 'status'),
    httpInFlight: gauge('http_in_flight_requests', 'Requests being handled now.'),
    ...trafficMetrics({ counter }),
    apiErrors: counter('api_errors_total', 'Error responses, by problem code.', 'route', 'code'),
    idempotencyReplays: counter(
      'idempotency_replays_total',
      'Answers given again for an Idempotency-Key that was answered before.',
    ),
    poolWait: seconds(
      'database_pool_wait_seconds',
      'Time that work waited for a connection of the pool, in seconds.',
      SHORT,
    ),
    poolTimeouts: counter(
      'database_pool_timeouts_total',
      'Work that got no connection of the pool in time.',
    ),

    ordersCreated: counter('orders_created_total', 'Orders placed.', 'currency'),
    ordersRefused: counter(
      'orders_refused_total',
      'Orders refused at placement, by problem code; insufficient_stock is an oversell that did not happen.',
      'code',
    ),
    ordersExpired: counter(
      'orders_expired_total',
      'Pending orders whose reservation ran out, their stock returned.',
    ),
    revenue: counter(
      'revenue_minor_units_total',
      'Money captured for orders, in minor units of the currency.',
      'currency',
    ),
    refunds: counter(
      'refunds_minor_units_total',
      'Money refunded, in minor units of the currency.',
      'currency',
    ),
    productsSold: counter('products_sold_total', 'Units in paid orders.'),
    purchaseSteps: counter(
      'purchase_steps_total',
      'Steps of purchases, by step: product_viewed, cart_added, order_placed, payment_opened, order_paid.',
      'step',
    ),
    paymentsFailed: counter(
      'payments_failed_total',
      'Payments that were refused, by the reason given (decline code).',
      'reason',
    ),

    outboxPublished: counter('outbox_published_total', 'Events that were sent on from the outbox.'),
    outboxFailures: counter(
      'outbox_publish_failures_total',
      'Attempts to send an event on that failed.',
    ),
    outboxDelay: seconds(
      'outbox_publish_delay_seconds',
      'Time from an event to its being sent on, in seconds.',
      LONG,
    ),
    inboxEvents: counter(
      'inbox_events_total',
      'Events that consumers were given, by outcome: applied, duplicate, failed.',
      'consumer',
      'outcome',
    ),
    jobDuration: seconds(
      'job_duration_seconds',
      'Time of one attempt at a job, in seconds, by outcome: done, failed.',
      LONG,
      'task',
      'outcome',
    ),
    ledgerRepaired: counter(
      'ledger_movements_repaired_total',
      'Movements of money that the ledger lacked and the sweep posted; beside an older version only.',
    ),
    webhooks: counter(
      'stripe_webhook_events_total',
      'Stripe events handled, by outcome: received, duplicate, applied, ignored, parked, failed, refused.',
      'outcome',
    ),
    webhookLag: seconds(
      'stripe_webhook_lag_seconds',
      'Time from taking a Stripe event in to its being applied, in seconds.',
      LONG,
    ),
    dependencyCircuit: gauge(
      'dependency_circuit_state',
      'State of the circuit of a service that the shop calls: 0 closed, 1 half open, 2 open.',
      'dependency',
    ),
    dependencyCalls: counter(
      'dependency_calls_total',
      'Tries by outcome (ok, refused, busy, failed, timeout), and calls that were not made or cut short (circuit_open, overloaded, deadline).',
      'dependency',
      'operation',
      'outcome',
    ),
    dependencyDuration: seconds(
      'dependency_call_duration_seconds',
      'Time of one try of a call to a dependency, in seconds.',
      DEPENDENCY,
      'dependency',
      'operation',
    ),
    dependencyRetries: counter(
      'dependency_retries_total',
      'Tries after the first of a call.',
      'dependency',
      'operation',
    ),
    dependencyBudget: gauge(
      'dependency_retry_budget_tokens',
      'Tokens left of 10; at 5 or fewer nothing is tried again.',
      'dependency',
    ),
    reconciliationHealed: counter(
      'reconciliation_healed_total',
      'What was lost between Stripe and the shop and put right by reconciliation: events, sessions, refunds, payments.',
      'kind',
    ),
    webhookDeliveries: counter(
      'webhook_deliveries_total',
      'Attempts to deliver an event to a merchant’s endpoint, by outcome: delivered, retried (failed, to be tried again), failed (given up).',
      'outcome',
    ),
    webhookDeliveryDuration: seconds(
      'webhook_delivery_duration_seconds',
      'Time of one attempt, in seconds.',
      LONG,
    ),
    activityDropped: counter(
      'activity_dropped_total',
      'Notes of what was done for orders that were dropped because the database took them too slowly.',
    ),
    webhookDeliveriesPending: gauge(
      'webhook_deliveries_pending',
      'Deliveries that wait, those of disabled endpoints too; the same in every worker.',
    ),
  };
}
