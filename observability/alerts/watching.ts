import type { Alert } from '../rules.ts';

const RUNBOOK = 'monitoring.md';

const INDICATORS = [
  'http_requests_total',
  'http_request_duration_seconds_count',
  'outbox_publish_delay_seconds_count',
  'stripe_webhook_lag_seconds_count',
  'outbox_oldest_unpublished_age_seconds',
  'jobs_oldest_due_age_seconds',
  'stripe_webhook_oldest_waiting_age_seconds',
  'reconciliation_last_success_timestamp_seconds',
];

/** A process that has everything that is looked at but what is named. */
const without = (...missing: string[]) =>
  Object.fromEntries(
    [
      'http_requests_total{job="mainstay",route="/"}',
      'http_request_duration_seconds_count{job="mainstay",route="/"}',
      'outbox_publish_delay_seconds_count{job="mainstay"}',
      'stripe_webhook_lag_seconds_count{job="mainstay"}',
      'outbox_oldest_unpublished_age_seconds{job="mainstay"}',
      'jobs_oldest_due_age_seconds{job="mainstay"}',
      'stripe_webhook_oldest_waiting_age_seconds{job="mainstay"}',
      'reconciliation_last_success_timestamp_seconds{job="mainstay"}',
    ]
      .filter((series) => !missing.some((metric) => series.startsWith(metric)))
      .map((series) => [series, '0x40']),
  );

/** The watching itself: what is not seen looks like what is well. */
export const watchingAlerts: readonly Alert[] = [
  {
    name: 'Watchdog',
    severity: 'none',
    area: 'watching',
    expr: 'vector(1)',
    labels: { runbook_base: '{{ $externalLabels.runbook_base }}' },
    summary: 'Alerts reach whoever waits for this one',
    description: 'Always fires. Whoever no longer hears it knows that alerts are lost.',
    runbook: `${RUNBOOK}#watchdog`,
    fires: [
      {
        given: { 'up{job="mainstay",instance="app:5004"}': '1x5' },
        at: '3m',
        labels: { runbook_base: 'https://runbooks.test/' },
        description: 'Always fires. Whoever no longer hears it knows that alerts are lost.',
      },
    ],
    silent: [],
  },
  {
    name: 'IndicatorsMissing',
    severity: 'ticket',
    area: 'watching',
    expr: INDICATORS.map(
      (metric) =>
        `label_replace(absent(${metric}{job="mainstay"}), "indicator", "${metric}", "", "")`,
    ).join('\nor\n'),
    // A new shop is first compared with Stripe after ten minutes.
    for: '20m',
    summary: 'What is watched is not there',
    description:
      'No process has {{ $labels.indicator }} (absent: {{ $value }}); what is made of it says nothing.',
    runbook: `${RUNBOOK}#what-is-watched-is-not-there`,
    fires: [
      {
        given: without('stripe_webhook_lag_seconds_count'),
        at: '30m',
        labels: { job: 'mainstay', indicator: 'stripe_webhook_lag_seconds_count' },
        description:
          'No process has stripe_webhook_lag_seconds_count (absent: 1); what is made of it says nothing.',
      },
    ],
    silent: [{ given: without(), at: '30m' }],
  },
  {
    name: 'SpansLost',
    severity: 'ticket',
    area: 'watching',
    expr: 'sum(increase(telemetry_spans_total{outcome="lost"}[10m])) > 0',
    for: '10m',
    summary: 'Spans of traces are lost',
    description:
      '{{ printf "%.0f" $value }} spans in 10 min did not reach the collector of traces.',
    runbook: `${RUNBOOK}#spans-are-lost`,
    fires: [
      {
        given: {
          'telemetry_spans_total{outcome="lost",instance="app:5004"}': '0+20x30',
          'telemetry_spans_total{outcome="sent",instance="app:5004"}': '0x30',
        },
        at: '25m',
        description: '200 spans in 10 min did not reach the collector of traces.',
      },
    ],
    silent: [
      {
        given: {
          'telemetry_spans_total{outcome="lost",instance="app:5004"}': '0x30',
          'telemetry_spans_total{outcome="sent",instance="app:5004"}': '0+20x30',
        },
        at: '25m',
      },
    ],
  },
  {
    name: 'LogLinesDropped',
    severity: 'ticket',
    area: 'watching',
    expr: 'sum(increase(log_lines_dropped_total[10m])) > 0',
    summary: 'Log lines are dropped',
    description:
      '{{ printf "%.0f" $value }} log lines were dropped in 10 min: nobody reads them in time.',
    runbook: `${RUNBOOK}#log-lines-are-dropped`,
    fires: [
      {
        given: { 'log_lines_dropped_total{instance="app:5004"}': '0x5 1x15' },
        at: '12m',
        description: '1 log lines were dropped in 10 min: nobody reads them in time.',
      },
    ],
    silent: [{ given: { 'log_lines_dropped_total{instance="app:5004"}': '30x15' }, at: '12m' }],
  },
];
