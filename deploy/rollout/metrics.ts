/** What a process counted since it started. */
export interface Sample {
  /** When the process started, in seconds since 1970. */
  readonly startedAt: number;
  readonly requests: number;
  /** Answered with a status of 500 or more. */
  readonly failures: number;
  /** Requests by the upper edge of their duration's bucket, in seconds; each holds those below too. */
  readonly buckets: ReadonlyMap<number, number>;
}

/** Routes by which others look at a process, and which say nothing of how it serves. */
const PROBES = /^\/(health\/|metrics)/;

/** Reads the Prometheus text of a shop. */
export function readSample(exposition: string): Sample {
  let startedAt = 0;
  let requests = 0;
  let failures = 0;
  const buckets = new Map<number, number>();
  for (const line of exposition.split('\n')) {
    const [, name, labels = '', text] =
      /^(\w+)(?:\{(.*?)\})? ([^ #]+)(?: #.*)?$/.exec(line.trimEnd()) ?? [];
    const value = Number(text);
    if (name === 'process_start_time_seconds') startedAt = value;
    if (PROBES.test(label(labels, 'route'))) continue;
    if (name === 'http_requests_total') {
      requests += value;
      if (label(labels, 'status').startsWith('5')) failures += value;
    }
    if (name === 'http_request_duration_seconds_bucket') {
      const edge = Number(label(labels, 'le').replace('+Inf', 'Infinity'));
      buckets.set(edge, (buckets.get(edge) ?? 0) + value);
    }
  }
  return { startedAt, requests, failures, buckets };
}

function label(labels: string, name: string): string {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
}

/** How a process served between two samples. */
export interface Window {
  readonly requests: number;
  readonly failures: number;
  /** 95 of 100 requests took no longer, in seconds; NaN without requests. */
  readonly p95: number;
}

export function windowBetween(from: Sample, to: Sample): Window {
  const counts = [...to.buckets]
    .map(([edge, count]) => ({ edge, count: count - (from.buckets.get(edge) ?? 0) }))
    .sort((a, b) => a.edge - b.edge);
  return {
    requests: to.requests - from.requests,
    failures: to.failures - from.failures,
    p95: quantile(counts, 0.95),
  };
}

/** As Prometheus' histogram_quantile: evenly spread within a bucket, and no more than the last edge. */
function quantile(counts: readonly { edge: number; count: number }[], share: number): number {
  const rank = (counts.at(-1)?.count ?? 0) * share;
  let below = { edge: 0, count: 0 };
  for (const bucket of counts) {
    if (bucket.count >= rank && bucket.count > below.count) {
      if (bucket.edge === Number.POSITIVE_INFINITY) return below.edge;
      const part = (rank - below.count) / (bucket.count - below.count);
      return below.edge + (bucket.edge - below.edge) * part;
    }
    below = bucket;
  }
  return Number.NaN;
}
