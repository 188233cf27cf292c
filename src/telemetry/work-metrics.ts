import type { MetricKinds } from './metric-kinds.ts';

const DURATIONS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

/** Events, jobs and webhooks: what is done after a request was answered. */
export function workMetrics(kinds: MetricKinds) {
  const { counter, seconds } = kinds;
  return {
    /** By the queue that is sent on. */
    sending: {
      outbox_events: sendingMetrics(kinds, 'outbox', 'the shop’s own consumers'),
      broker_events: sendingMetrics(kinds, 'broker', 'the external broker'),
    },
    inboxEvents: counter(
      'inbox_events_total',
      'Events that consumers were given, by outcome: applied, duplicate, failed.',
      'consumer',
      'outcome',
    ),
    jobDuration: seconds(
      'job_duration_seconds',
      'Time of one attempt at a job, in seconds, by outcome: done, failed.',
      DURATIONS,
      'task',
      'outcome',
    ),
    webhooks: counter(
      'stripe_webhook_events_total',
      'Stripe events handled, by outcome: received, duplicate, applied, ignored, parked, failed, refused.',
      'outcome',
    ),
    webhookLag: seconds(
      'stripe_webhook_lag_seconds',
      'Time from taking a Stripe event in to its being applied, in seconds.',
      DURATIONS,
    ),
    webhookDeliveries: counter(
      'webhook_deliveries_total',
      'Attempts to deliver an event to a merchant’s endpoint, by outcome: delivered, retried (failed, to be tried again), failed (given up).',
      'outcome',
    ),
    webhookDeliveryDuration: seconds(
      'webhook_delivery_duration_seconds',
      'Time of one attempt, in seconds.',
      DURATIONS,
    ),
    activityDropped: counter(
      'activity_dropped_total',
      'Notes of what was done for orders that were dropped because the database took them too slowly.',
    ),
  };
}

function sendingMetrics({ counter, seconds }: MetricKinds, name: string, whom: string) {
  return {
    published: counter(`${name}_published_total`, `Events that were sent on to ${whom}.`),
    failures: counter(
      `${name}_publish_failures_total`,
      `Attempts to send an event on to ${whom} that failed.`,
    ),
    delay: seconds(
      `${name}_publish_delay_seconds`,
      `Time from an event to its being sent on to ${whom}, in seconds.`,
      DURATIONS,
    ),
  };
}
