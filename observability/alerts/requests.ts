import { type Alert, ORDINARY } from '../rules.ts';

const RUNBOOK = 'requests-fail-or-crawl.md';

/** What customers wait for, over all routes. The objectives (slos.ts) say it for each part of the shop. */
export const requestAlerts: readonly Alert[] = [
  {
    name: 'RequestsSlow',
    severity: 'ticket',
    area: 'requests',
    expr: `histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{${ORDINARY}}[10m]))) > 2.5
and on ()
sum(rate(http_request_duration_seconds_count{${ORDINARY}}[10m])) > 0.1`,
    for: '10m',
    summary: 'Requests are slow',
    description: 'One request in a hundred takes {{ printf "%.2f" $value }} s or longer.',
    runbook: `${RUNBOOK}#slow-requests`,
    fires: [
      {
        given: {
          'http_request_duration_seconds_bucket{route="/products",le="2.5"}': '0+15x30',
          'http_request_duration_seconds_bucket{route="/products",le="5"}': '0+30x30',
          'http_request_duration_seconds_bucket{route="/products",le="+Inf"}': '0+30x30',
          'http_request_duration_seconds_count{route="/products"}': '0+30x30',
        },
        at: '25m',
        description: 'One request in a hundred takes 4.95 s or longer.',
      },
    ],
    silent: [
      {
        given: {
          'http_request_duration_seconds_bucket{route="/products",le="1"}': '0+90x30',
          'http_request_duration_seconds_bucket{route="/products",le="2.5"}': '0+100x30',
          'http_request_duration_seconds_bucket{route="/products",le="+Inf"}': '0+100x30',
          'http_request_duration_seconds_count{route="/products"}': '0+100x30',
        },
        at: '25m',
      },
      // Three a minute say nothing of a hundredth.
      {
        given: {
          'http_request_duration_seconds_bucket{route="/products",le="2.5"}': '0x30',
          'http_request_duration_seconds_bucket{route="/products",le="5"}': '0+3x30',
          'http_request_duration_seconds_bucket{route="/products",le="+Inf"}': '0+3x30',
          'http_request_duration_seconds_count{route="/products"}': '0+3x30',
        },
        at: '25m',
      },
      // An import of ten thousand rows may take as long as it takes.
      {
        given: {
          'http_request_duration_seconds_bucket{route="/api/products/export.csv",le="2.5"}': '0x30',
          'http_request_duration_seconds_bucket{route="/api/products/export.csv",le="5"}':
            '0+10x30',
          'http_request_duration_seconds_bucket{route="/api/products/export.csv",le="+Inf"}':
            '0+10x30',
          'http_request_duration_seconds_count{route="/api/products/export.csv"}': '0+10x30',
        },
        at: '25m',
      },
    ],
  },
  {
    name: 'RequestsFailing',
    severity: 'page',
    area: 'requests',
    expr: `sum(rate(http_requests_total{${ORDINARY},status=~"5.."}[5m]))
/
sum(rate(http_requests_total{${ORDINARY}}[5m])) > 0.05
and on ()
sum(increase(http_requests_total{${ORDINARY},status=~"5.."}[5m])) >= 5`,
    for: '2m',
    keepFiringFor: '5m',
    summary: 'Requests fail',
    description: '{{ $value | humanizePercentage }} of requests end in a failure of ours (5xx).',
    runbook: `${RUNBOOK}#failing-requests`,
    fires: [
      {
        given: {
          'http_requests_total{route="/products",status="200"}': '0+18x20',
          'http_requests_total{route="/api/orders",status="500"}': '0+2x20',
          'http_requests_total{route="/metrics",status="200"}': '0+900x20',
        },
        at: '15m',
        description: '10% of requests end in a failure of ours (5xx).',
      },
    ],
    silent: [
      {
        given: {
          'http_requests_total{route="/products",status="200"}': '0+96x20',
          'http_requests_total{route="/api/orders",status="500"}': '0+4x20',
        },
        at: '15m',
      },
      // A shop at night: four requests of five fail, and then no other comes.
      {
        given: {
          'http_requests_total{route="/products",status="200"}': '0x10 1x10',
          'http_requests_total{route="/api/orders",status="500"}': '0x10 4x10',
        },
        at: '15m',
      },
      // The shopper's own mistakes are none of ours.
      {
        given: {
          'http_requests_total{route="/api/orders",status="422"}': '0+50x20',
          'http_requests_total{route="/products",status="200"}': '0+50x20',
        },
        at: '15m',
      },
    ],
  },
  {
    name: 'ProcessDown',
    severity: 'page',
    area: 'process',
    expr: 'up{job="mainstay"} == 0',
    for: '1m',
    summary: 'A process of the shop does not answer',
    description: '{{ $labels.instance }} has not answered the scrape of its metrics for a minute.',
    runbook: `${RUNBOOK}#a-process-is-down`,
    fires: [
      {
        given: { 'up{job="mainstay",instance="app:5004"}': '1x5 0x10' },
        at: '10m',
        labels: { job: 'mainstay', instance: 'app:5004' },
        description: 'app:5004 has not answered the scrape of its metrics for a minute.',
      },
    ],
    silent: [{ given: { 'up{job="mainstay",instance="app:5004"}': '1x4 0 1x10' }, at: '10m' }],
  },
];
