import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Backlog } from '../events/backlog.ts';
import { sampled } from './sampled.ts';

/** What waits for an administrator, as all instances see it. */
export interface OpenWork {
  /** By kind. */
  readonly findings: Readonly<Record<string, number>>;
  /** By severity. */
  readonly tasks: Readonly<Record<string, number>>;
  /** When all was last compared; null: never. */
  readonly lastSuccess: Date | null;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Every metric of the shop, by name and unit. Labels are bounded: route templates, never raw paths or ids. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const outboxBacklog = sampled<Backlog>();
  const openWork = sampled<OpenWork>();
  return {
    registry,
    outboxBacklog,
    openWork,
    httpRequestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last byte of its response, in seconds.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
      registers,
    }),
    httpRequests: new Counter({
      name: 'http_requests_total',
      help: 'Requests answered.',
      labelNames: ['method', 'route', 'status'] as const,
      registers,
    }),
    httpInFlight: new Gauge({
      name: 'http_in_flight_requests',
      help: 'Requests being handled now.',
      registers,
    }),
    apiErrors: new Counter({
      name: 'api_errors_total',
      help: 'Error responses, by problem code.',
      labelNames: ['route', 'code'] as const,
      registers,
    }),
    ordersCreated: new Counter({
      name: 'orders_created_total',
      help: 'Orders placed.',
      labelNames: ['currency'] as const,
      registers,
    }),
    ordersRefused: new Counter({
      name: 'orders_refused_total',
      help: 'Orders refused at placement, by problem code.',
      labelNames: ['code'] as const,
      registers,
    }),
    ordersExpired: new Counter({
      name: 'orders_expired_total',
      help: 'Pending orders whose reservation ran out, their stock returned.',
      registers,
    }),
    revenue: new Counter({
      name: 'revenue_minor_units_total',
      help: 'Money captured for orders, in minor units of the currency.',
      labelNames: ['currency'] as const,
      registers,
    }),
    refunds: new Counter({
      name: 'refunds_minor_units_total',
      help: 'Money refunded, in minor units of the currency.',
      labelNames: ['currency'] as const,
      registers,
    }),
    productsSold: new Counter({
      name: 'products_sold_total',
      help: 'Units in paid orders.',
      registers,
    }),
    outboxUnpublished: new Gauge({
      name: 'outbox_unpublished_events',
      help: 'Events that wait to be sent on, the same in every process.',
      collect: outboxBacklog.into('waiting'),
      registers,
    }),
    outboxOldestAge: new Gauge({
      name: 'outbox_oldest_unpublished_age_seconds',
      help: 'How long the oldest of them has waited, in seconds; 0 when none does.',
      collect: outboxBacklog.into('oldestSeconds'),
      registers,
    }),
    outboxDead: new Gauge({
      name: 'outbox_dead_events',
      help: 'Events that were given up on and wait for a person, the same in every process.',
      collect: outboxBacklog.into('dead'),
      registers,
    }),
    outboxPublished: new Counter({
      name: 'outbox_published_total',
      help: 'Events that were sent on from the outbox.',
      registers,
    }),
    outboxFailures: new Counter({
      name: 'outbox_publish_failures_total',
      help: 'Attempts to send an event on that failed.',
      registers,
    }),
    inboxEvents: new Counter({
      name: 'inbox_events_total',
      help: 'Events that consumers were given, by outcome: applied, duplicate, failed.',
      labelNames: ['consumer', 'outcome'] as const,
      registers,
    }),
    ledgerRepaired: new Counter({
      name: 'ledger_movements_repaired_total',
      help: 'Movements of money that the ledger lacked and the sweep posted; beside an older version only.',
      registers,
    }),
    webhooks: new Counter({
      name: 'stripe_webhook_events_total',
      help: 'Stripe events handled, by outcome: received, duplicate, applied, ignored, parked, failed, refused.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    dependencyCircuit: new Gauge({
      name: 'dependency_circuit_state',
      help: 'State of the circuit of a service that the shop calls: 0 closed, 1 half open, 2 open.',
      labelNames: ['dependency'] as const,
      registers,
    }),
    dependencyCalls: new Counter({
      name: 'dependency_calls_total',
      help: 'Tries by outcome (ok, refused, busy, failed, timeout), and calls that were not made or cut short (circuit_open, overloaded, deadline).',
      labelNames: ['dependency', 'operation', 'outcome'] as const,
      registers,
    }),
    dependencyDuration: new Histogram({
      name: 'dependency_call_duration_seconds',
      help: 'Time of one try of a call to a dependency, in seconds.',
      labelNames: ['dependency', 'operation'] as const,
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20],
      registers,
    }),
    dependencyRetries: new Counter({
      name: 'dependency_retries_total',
      help: 'Tries after the first of a call.',
      labelNames: ['dependency', 'operation'] as const,
      registers,
    }),
    dependencyBudget: new Gauge({
      name: 'dependency_retry_budget_tokens',
      help: 'Tokens left of 10; at 5 or fewer nothing is tried again.',
      labelNames: ['dependency'] as const,
      registers,
    }),
    reconciliationHealed: new Counter({
      name: 'reconciliation_healed_total',
      help: 'What was lost between Stripe and the shop and put right by reconciliation: events, sessions, refunds, payments.',
      labelNames: ['kind'] as const,
      registers,
    }),
    reconciliationFindings: new Gauge({
      name: 'reconciliation_findings',
      help: 'Differences that only a person can put right, found now and not dismissed, by kind.',
      labelNames: ['kind'] as const,
      registers,
      collect: openWork.intoEach(({ findings }) =>
        Object.entries(findings).map(([kind, value]) => ({ labels: { kind }, value })),
      ),
    }),
    reconciliationLastSuccess: new Gauge({
      name: 'reconciliation_last_success_timestamp_seconds',
      help: 'When the shop was last compared with Stripe to the end, in seconds since 1970.',
      registers,
      collect: openWork.intoEach(({ lastSuccess }) =>
        lastSuccess === null ? [] : [{ labels: {}, value: lastSuccess.getTime() / 1000 }],
      ),
    }),
    adminTasksOpen: new Gauge({
      name: 'admin_tasks_open',
      help: 'Tasks that wait for an administrator, by severity: error, warning.',
      labelNames: ['severity'] as const,
      registers,
      collect: openWork.intoEach(({ tasks }) =>
        Object.entries(tasks).map(([severity, value]) => ({ labels: { severity }, value })),
      ),
    }),
    webhookDeliveries: new Counter({
      name: 'webhook_deliveries_total',
      help: 'Attempts to deliver an event to a merchant’s endpoint, by outcome: delivered, retried (failed, to be tried again), failed (given up).',
      labelNames: ['outcome'] as const,
      registers,
    }),
    webhookDeliveryDuration: new Histogram({
      name: 'webhook_delivery_duration_seconds',
      help: 'Time of one attempt, in seconds.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
      registers,
    }),
    webhookDeliveriesPending: new Gauge({
      name: 'webhook_deliveries_pending',
      help: 'Deliveries that wait, those of disabled endpoints too; the same in every worker.',
      registers,
    }),
    jobsDead: new Gauge({
      name: 'jobs_dead',
      help: 'Jobs of the shared queue that failed for the last time and wait for a person, by task.',
      labelNames: ['task'] as const,
      registers,
    }),
  };
}
