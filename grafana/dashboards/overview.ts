import { ORDINARY } from '../../observability/rules.ts';
import { dashboard } from '../kit/dashboard.ts';
import { heatmap, lines, number, orNothing, quantiles } from '../kit/panels.ts';

const RUNBOOK = 'requests-fail-or-crawl.md';
const FAILED = `${ORDINARY},status=~"5.."`;
const total = `sum(rate(http_requests_total{${ORDINARY}}[$__rate_interval]))`;

const perRoute = (selector: string) =>
  `topk(10, sum by (method, route) (rate(http_requests_total{${selector}}[$__rate_interval])))`;

/** Rate, errors and duration of requests: is the shop well? */
export const overview = dashboard(
  {
    uid: 'overview',
    title: 'overview',
    description: 'Rate, errors and duration of the requests that customers and programs make.',
  },
  {
    Now: [
      number({
        title: 'Requests per second',
        description: 'Without probes, scrapes and transfers of whole files.',
        unit: 'reqps',
        runbook: RUNBOOK,
        query: total,
      }),
      number({
        title: 'Share that fails',
        description:
          'Requests that end in a failure of ours (5xx). Red where RequestsFailing begins.',
        unit: 'percentunit',
        runbook: `${RUNBOOK}#failing-requests`,
        query: `(${orNothing(`sum(rate(http_requests_total{${FAILED}}[$__rate_interval]))`)}) / ${total}`,
        bad: { from: 0.05 },
      }),
      number({
        title: 'Slowest of a hundred, s',
        description: 'The 99th percentile. Red where RequestsSlow begins.',
        unit: 's',
        runbook: `${RUNBOOK}#slow-requests`,
        query: `histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{${ORDINARY}}[$__rate_interval])))`,
        bad: { from: 2.5 },
      }),
      number({
        title: 'Requests under way',
        description: 'Being handled now, by all processes.',
        unit: 'short',
        runbook: RUNBOOK,
        query: 'sum(http_in_flight_requests)',
      }),
      number({
        title: 'Database answers',
        description: '1 where every process reaches the database.',
        unit: 'short',
        runbook: 'database-lost.md',
        query: 'min(database_up)',
        bad: { below: 1 },
      }),
      number({
        title: 'Alerts firing',
        description: 'Pages and tickets that fire now.',
        unit: 'short',
        runbook: 'README.md',
        query: orNothing('count(ALERTS{alertstate="firing",severity=~"page|ticket"})'),
        bad: { from: 1 },
      }),
    ],
    Rate: [
      lines({
        title: 'Requests per second, by route',
        description: 'The ten busiest.',
        unit: 'reqps',
        runbook: RUNBOOK,
        queries: { '{{method}} {{route}}': perRoute(ORDINARY) },
      }),
      lines({
        title: 'Requests per second, by status',
        description: '4xx are answers to what was asked wrongly; 5xx are failures of ours.',
        unit: 'reqps',
        runbook: `${RUNBOOK}#failing-requests`,
        queries: {
          '{{status}}': `sum by (status) (rate(http_requests_total{${ORDINARY}}[$__rate_interval]))`,
        },
      }),
    ],
    Errors: [
      lines({
        title: 'Failures per second, by route',
        description: 'The ten routes that fail most.',
        unit: 'reqps',
        runbook: `${RUNBOOK}#failing-requests`,
        queries: { '{{method}} {{route}}': orNothing(perRoute(FAILED)) },
      }),
      lines({
        title: 'Error answers per second, by code',
        description:
          'Codes of problems, of 4xx and 5xx: insufficient_stock, payment_provider_unavailable, …',
        unit: 'reqps',
        runbook: `${RUNBOOK}#failing-requests`,
        queries: {
          '{{code}}': orNothing('sum by (code) (rate(api_errors_total[$__rate_interval]))'),
        },
      }),
    ],
    'Turned away': [
      lines({
        title: 'Refused for asking too often, per second',
        description: 'By class of routes; credentials: tokens and sessions that are none.',
        unit: 'reqps',
        runbook: `${RUNBOOK}#callers-are-refused`,
        queries: {
          '{{class}}': orNothing(
            'sum by (class) (rate(rate_limited_requests_total[$__rate_interval]))',
          ),
        },
      }),
      lines({
        title: 'Turned away because we cannot keep up, per second',
        description:
          'event_loop: the process is late. pool: connections to the database are used up.',
        unit: 'reqps',
        runbook: `${RUNBOOK}#slow-requests`,
        queries: {
          '{{reason}}': orNothing('sum by (reason) (rate(shed_requests_total[$__rate_interval]))'),
        },
      }),
      lines({
        title: 'Connections refused, per second',
        description: 'malformed, too_large and too_slow are answered; too_many are not taken.',
        unit: 'short',
        runbook: `${RUNBOOK}#callers-are-refused`,
        queries: {
          '{{reason}}': orNothing(
            'sum by (reason) (rate(http_connections_refused_total[$__rate_interval]))',
          ),
        },
      }),
    ],
    Duration: [
      quantiles({
        title: 'Duration of requests, s',
        description: 'Line: where RequestsSlow begins. Points lead to traces.',
        unit: 's',
        runbook: `${RUNBOOK}#slow-requests`,
        histogram: 'http_request_duration_seconds',
        selector: ORDINARY,
        limits: [2.5],
      }),
      heatmap({
        title: 'Duration of requests, how many took how long',
        description: 'Two bands mean two kinds of requests: look at the routes.',
        unit: 's',
        runbook: `${RUNBOOK}#slow-requests`,
        histogram: 'http_request_duration_seconds',
        selector: ORDINARY,
      }),
      lines({
        title: '99th percentile, by route, s',
        description: 'The ten slowest routes.',
        unit: 's',
        runbook: `${RUNBOOK}#slow-requests`,
        queries: {
          '{{method}} {{route}}': `topk(10, histogram_quantile(0.99, sum by (le, method, route) (rate(http_request_duration_seconds_bucket{${ORDINARY}}[$__rate_interval]))))`,
        },
      }),
      lines({
        title: 'Answers given again per second',
        description:
          'Retries with an Idempotency-Key that was answered before: clients that lost answers.',
        unit: 'reqps',
        runbook: `${RUNBOOK}#checkout`,
        queries: { replays: 'sum(rate(idempotency_replays_total[$__rate_interval]))' },
      }),
    ],
    'Answers from memory': [
      lines({
        title: 'Answers of the catalogue per second, by where they came from',
        description:
          'remembered, joined (a load under way), shared (by another process), loaded. Mostly loaded: the catalogue changes often, or memory is short.',
        unit: 'reqps',
        runbook: `${RUNBOOK}#slow-requests`,
        queries: { '{{from}}': 'sum by (from) (rate(http_kept_answers_total[$__rate_interval]))' },
      }),
      lines({
        title: 'What pages show, read per second, by where it came from',
        description:
          'The same of what the pages of visitors are drawn from: lists, products, searches, categories.',
        unit: 'reqps',
        runbook: `${RUNBOOK}#slow-requests`,
        queries: { '{{from}}': 'sum by (from) (rate(http_kept_readings_total[$__rate_interval]))' },
      }),
      lines({
        title: 'Memory for what is kept',
        description:
          'Of each process. Lines: 64 MiB of answers and 32 of what pages show, beyond which the oldest are let go of.',
        unit: 'bytes',
        runbook: `${RUNBOOK}#slow-requests`,
        queries: {
          'answers {{instance}}': 'http_kept_answers_bytes',
          'pages {{instance}}': 'http_kept_readings_bytes',
        },
        limits: [32 * 1024 * 1024, 64 * 1024 * 1024],
      }),
    ],
    Processes: [
      lines({
        title: 'Processes that answer, by version',
        description: 'Two versions at once: a release is under way.',
        unit: 'short',
        runbook: `${RUNBOOK}#a-process-is-down`,
        queries: { '{{version}}': 'count by (version) (build_info)' },
      }),
      lines({
        title: 'Processes that are scraped',
        description: '1 where the process answers the scrape.',
        unit: 'short',
        runbook: `${RUNBOOK}#a-process-is-down`,
        queries: { '{{instance}}': 'up{job="mainstay"}' },
      }),
    ],
  },
);
