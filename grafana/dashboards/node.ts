import { dashboard } from '../kit/dashboard.ts';
import { lines, orNothing } from '../kit/panels.ts';

const SLOW = 'requests-fail-or-crawl.md#slow-requests';
const DOWN = 'requests-fail-or-crawl.md#a-process-is-down';

const each = (expr: string) => ({ '{{instance}}': expr });

/** The Node.js processes, and what they lose of what they tell. */
export const node = dashboard(
  {
    uid: 'node',
    title: 'Node.js',
    description:
      'Event loop, memory and garbage of each process, and what is lost of traces and logs.',
  },
  {
    'Event loop': [
      lines({
        title: 'Share of time that the event loop is busy',
        description: 'Near 1 the process can do no more: add an instance, or find what computes.',
        unit: 'percentunit',
        runbook: SLOW,
        queries: each('nodejs_eventloop_utilization_ratio'),
        limits: [0.9],
        max: 1,
      }),
      lines({
        title: 'Delay of the event loop, 99th percentile, s',
        description: 'Line: 0.2 s. What is longer blocks every request of the process.',
        unit: 's',
        runbook: SLOW,
        queries: each('nodejs_eventloop_lag_p99_seconds'),
        limits: [0.2],
      }),
      lines({
        title: 'CPU, in cores',
        description: 'The process with its threads.',
        unit: 'short',
        runbook: SLOW,
        queries: each('rate(process_cpu_seconds_total{job="mainstay"}[$__rate_interval])'),
      }),
      lines({
        title: 'Pauses for garbage, 99th percentile by kind, s',
        description: 'Of one collection.',
        unit: 's',
        runbook: SLOW,
        queries: {
          '{{kind}}':
            'histogram_quantile(0.99, sum by (le, kind) (rate(nodejs_gc_duration_seconds_bucket[$__rate_interval])))',
        },
      }),
    ],
    Memory: [
      lines({
        title: 'Heap',
        description: 'Used and reserved. A floor that rises for days is a leak.',
        unit: 'bytes',
        runbook: DOWN,
        queries: {
          '{{instance}} used': 'nodejs_heap_size_used_bytes',
          '{{instance}} reserved': 'nodejs_heap_size_total_bytes',
        },
      }),
      lines({
        title: 'Resident memory',
        description: 'What the limit of a container counts.',
        unit: 'bytes',
        runbook: DOWN,
        queries: each('process_resident_memory_bytes{job="mainstay"}'),
      }),
      lines({
        title: 'Active handles and requests',
        description: 'Sockets, timers, files.',
        unit: 'short',
        runbook: DOWN,
        queries: {
          '{{instance}} handles': 'nodejs_active_handles_total',
          '{{instance}} requests': 'nodejs_active_requests_total',
        },
      }),
      lines({
        title: 'Open files',
        description: 'And how many the process may open.',
        unit: 'short',
        runbook: DOWN,
        queries: {
          '{{instance}} open': 'process_open_fds{job="mainstay"}',
          '{{instance}} max': 'process_max_fds{job="mainstay"}',
        },
      }),
      lines({
        title: 'Starts in the last hour',
        description: 'Releases, and crashes.',
        unit: 'short',
        runbook: DOWN,
        queries: each('changes(process_start_time_seconds{job="mainstay"}[1h])'),
      }),
    ],
    'What is lost of traces and logs': [
      lines({
        title: 'Spans per second, by outcome',
        description: 'lost: the collector did not take them.',
        unit: 'short',
        runbook: 'monitoring.md#spans-are-lost',
        queries: {
          // Where no collector is named nothing is traced.
          '{{outcome}}': orNothing(
            'sum by (outcome) (rate(telemetry_spans_total[$__rate_interval]))',
          ),
        },
      }),
      lines({
        title: 'Log lines dropped per second',
        description: 'Because nobody read them in time.',
        unit: 'short',
        runbook: 'monitoring.md#log-lines-are-dropped',
        queries: each('rate(log_lines_dropped_total[$__rate_interval])'),
      }),
    ],
  },
);
