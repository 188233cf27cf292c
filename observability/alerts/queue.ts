import type { Alert } from '../rules.ts';

/** Jobs, and events on their way out. All instances see the same numbers, so the largest is the number. */
export const queueAlerts: readonly Alert[] = [
  {
    name: 'JobsWait',
    severity: 'page',
    area: 'queue',
    expr: 'max(jobs_oldest_due_age_seconds) > 300',
    for: '2m',
    summary: 'Jobs are not worked off',
    description:
      'A job has been due for {{ $value | humanizeDuration }}. Refunds, Stripe’s events and mails are jobs.',
    runbook: 'README.md#nothing-is-worked-off',
    fires: [
      {
        given: {
          'jobs_oldest_due_age_seconds{instance="app:5004"}': '0+60x10',
          'jobs_oldest_due_age_seconds{instance="app:5005"}': '0x99',
        },
        at: '9m',
        description: 'A job has been due for 9m 0s. Refunds, Stripe’s events and mails are jobs.',
      },
    ],
    silent: [{ given: { 'jobs_oldest_due_age_seconds{instance="app:5004"}': '240x10' }, at: '9m' }],
  },
  {
    name: 'JobsDead',
    severity: 'ticket',
    area: 'queue',
    expr: 'max by (task) (jobs_dead) > 0',
    summary: 'Jobs failed for the last time',
    description: '{{ $value }} jobs of {{ $labels.task }} wait for a person.',
    runbook: 'README.md#nothing-is-worked-off',
    fires: [
      {
        given: {
          'jobs_dead{task="send_mail",instance="a"}': '1x5',
          'jobs_dead{task="send_mail",instance="b"}': '0x5',
        },
        at: '3m',
        labels: { task: 'send_mail' },
        description: '1 jobs of send_mail wait for a person.',
      },
    ],
    silent: [{ given: { 'jobs_dead{task="send_mail",instance="a"}': '2x5 0x5' }, at: '8m' }],
  },
  {
    name: 'OutboxLags',
    severity: 'page',
    area: 'events',
    expr: 'max(outbox_oldest_unpublished_age_seconds) > 60',
    for: '2m',
    summary: 'Events are not sent on',
    description: 'The oldest event that is not sent on is {{ $value | humanizeDuration }} old.',
    runbook: 'events-not-sent.md',
    fires: [
      {
        given: {
          'outbox_oldest_unpublished_age_seconds{instance="app:5004"}': '0+60x10',
          'outbox_oldest_unpublished_age_seconds{instance="app:5005"}': '0x99',
        },
        at: '5m',
        description: 'The oldest event that is not sent on is 5m 0s old.',
      },
    ],
    silent: [
      {
        given: { 'outbox_oldest_unpublished_age_seconds{instance="app:5004"}': '0 70 0 70 0 70 0' },
        at: '5m',
      },
      {
        given: { 'outbox_oldest_unpublished_age_seconds{instance="app:5004"}': '45x10' },
        at: '8m',
      },
    ],
  },
  {
    name: 'BrokerLags',
    severity: 'page',
    area: 'events',
    expr: 'max(broker_oldest_unpublished_age_seconds) > 60',
    for: '2m',
    summary: 'Events do not reach the broker',
    description:
      'The oldest event that the broker does not have is {{ $value | humanizeDuration }} old.',
    runbook: 'events-not-sent.md#the-broker-is-away',
    fires: [
      {
        given: {
          'broker_oldest_unpublished_age_seconds{instance="app:5004"}': '0+60x10',
          'broker_oldest_unpublished_age_seconds{instance="app:5005"}': '0x99',
        },
        at: '5m',
        description: 'The oldest event that the broker does not have is 5m 0s old.',
      },
    ],
    silent: [
      {
        given: { 'broker_oldest_unpublished_age_seconds{instance="app:5004"}': '0 70 0 70 0 70 0' },
        at: '5m',
      },
      {
        given: { 'outbox_oldest_unpublished_age_seconds{instance="app:5004"}': '0+60x10' },
        at: '5m',
      },
    ],
  },
  {
    name: 'EventsGivenUp',
    severity: 'ticket',
    area: 'events',
    expr: 'max({__name__=~"outbox_dead_events|broker_dead_events"}) > 0',
    summary: 'Events were given up on',
    description: '{{ $value }} events were given up on and wait for a person.',
    runbook: 'events-not-sent.md',
    fires: [
      {
        given: {
          'outbox_dead_events{instance="app:5004"}': '0 1x5',
          'outbox_dead_events{instance="app:5005"}': '0x99',
        },
        at: '3m',
        description: '1 events were given up on and wait for a person.',
      },
      {
        given: { 'broker_dead_events{instance="app:5004"}': '0 2x5' },
        at: '3m',
        description: '2 events were given up on and wait for a person.',
      },
    ],
    silent: [
      {
        given: {
          'outbox_dead_events{instance="app:5004"}': '0x5',
          'broker_dead_events{instance="app:5004"}': '0x5',
        },
        at: '3m',
      },
    ],
  },
  {
    name: 'DeliveriesPile',
    severity: 'ticket',
    area: 'webhooks',
    expr: 'max(webhook_deliveries_pending) > 20\nand\nmax(webhook_deliveries_pending) > max(webhook_deliveries_pending offset 15m)',
    for: '15m',
    summary: 'Deliveries to merchants’ endpoints pile up',
    description: '{{ $value }} deliveries wait, more than 15 min ago.',
    runbook: 'webhook-endpoint-failing.md',
    fires: [
      {
        given: {
          'webhook_deliveries_pending{instance="app:5004"}': '0+1x60',
          'webhook_deliveries_pending{instance="app:5005"}': '0x99',
        },
        at: '50m',
        description: '50 deliveries wait, more than 15 min ago.',
      },
    ],
    silent: [
      // A few more than before are no pile.
      { given: { 'webhook_deliveries_pending{instance="app:5004"}': '0+0.3x60' }, at: '50m' },
      // Those of a disabled endpoint stay as they are.
      { given: { 'webhook_deliveries_pending{instance="app:5004"}': '400x60' }, at: '50m' },
      { given: { 'webhook_deliveries_pending{instance="app:5004"}': '300-5x50' }, at: '45m' },
    ],
  },
];
