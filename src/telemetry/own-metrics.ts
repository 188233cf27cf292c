import type { MetricKinds } from './metric-kinds.ts';
import { ownCounts } from './own-counts.ts';
import { commit, version } from './version.ts';

/** What the process tells of itself. */
export function ownMetrics({ count, read }: MetricKinds): void {
  let loop = performance.eventLoopUtilization();
  read(
    'build_info',
    'Always 1; its labels say which version runs, and of which commit.',
    function collect() {
      this.set({ version, commit }, 1);
    },
    'version',
    'commit',
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
}
