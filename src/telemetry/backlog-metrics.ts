import type { Backlog } from '../events/backlog.ts';
import type { QueueState } from '../events/jobs.ts';
import { labelled, type MetricKinds } from './metric-kinds.ts';
import { sampled } from './sampled.ts';

/** What waits for an administrator, as all instances see it. */
export interface OpenWork {
  /** By kind. */
  readonly findings: Readonly<Record<string, number>>;
  /** Rows that break an invariant, by the audit's check. */
  readonly violations: Readonly<Record<string, number>>;
  /** By severity. */
  readonly tasks: Readonly<Record<string, number>>;
  /** When all was last compared; null: never. */
  readonly lastSuccess: Date | null;
}

/** Events of Stripe that are not applied yet. */
export interface WebhookBacklog {
  readonly waiting: number;
  /** How long the oldest of them has waited, in seconds; 0 where none does. */
  readonly oldestSeconds: number;
  /** Kept for a person: money that does not match, or an event that cannot be applied. */
  readonly parked: number;
}

/** What waits, for the shop or for a person: the same in every process. */
export function backlogMetrics({ gauge, read }: MetricKinds) {
  const outboxBacklog = waitingEvents({ read }, 'outbox', 'the shop’s own consumers');
  const brokerBacklog = waitingEvents({ read }, 'broker', 'the external broker');
  const openWork = sampled<OpenWork>();
  const queue = sampled<QueueState>();
  const webhookBacklog = sampled<WebhookBacklog>();

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
    outboxBacklog,
    brokerBacklog,
    openWork,
    queue,
    webhookBacklog,
    webhookDeliveriesPending: gauge(
      'webhook_deliveries_pending',
      'Deliveries that wait, those of disabled endpoints too; the same in every worker.',
    ),
  };
}

/** What waits in one of the queues of events; the same in every process. */
function waitingEvents({ read }: Pick<MetricKinds, 'read'>, name: string, whom: string) {
  const backlog = sampled<Backlog>();
  read(
    `${name}_unpublished_events`,
    `Events that wait to be sent on to ${whom}, the same in every process.`,
    backlog.into('waiting'),
  );
  read(
    `${name}_oldest_unpublished_age_seconds`,
    'How long the oldest of them has waited, in seconds; 0 when none does.',
    backlog.into('oldestSeconds'),
  );
  read(
    `${name}_dead_events`,
    `Events for ${whom} that were given up on and wait for a person, the same in every process.`,
    backlog.into('dead'),
  );
  return backlog;
}
