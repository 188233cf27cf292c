import { describe, expect, it } from 'vitest';
import { readSample, type Window, windowBetween } from '../../deploy/rollout/metrics.ts';
import { failsMore, isSlower, wellEnough } from '../../deploy/rollout/verdict.ts';

const LIMITS = {
  ...{ soakSeconds: 60, patienceSeconds: 900, readySeconds: 120, stopSeconds: 40 },
  ...{ minRequests: 50, minFailures: 3, failureShare: 0.01, p95Seconds: 0.5, factor: 2 },
};
const served = (change: Partial<Window> = {}): Window => ({
  ...{ requests: 1000, failures: 0, p95: 0.1 },
  ...change,
});

describe('a release', () => {
  it.each<[string, Window, Window, boolean]>([
    ['that fails once or twice', served({ requests: 10, failures: 2 }), served(), false],
    ['that fails three of ten', served({ requests: 10, failures: 3 }), served(), true],
    ['that fails three of a thousand', served({ failures: 3 }), served(), false],
    ['that fails as the other does', served({ failures: 300 }), served({ failures: 200 }), false],
    ['that fails far more', served({ failures: 300 }), served({ failures: 100 }), true],
    ['that fails beside nothing', served({ failures: 20 }), served({ requests: 0 }), true],
  ])('%s', (_what, fresh, old, worse) => {
    expect(failsMore(fresh, old, LIMITS) !== null).toBe(worse);
  });

  it.each<[string, Window, Window, boolean]>([
    ['that is slower, and quick enough', served({ p95: 0.4 }), served(), false],
    ['that is too slow beside a quick one', served({ p95: 0.6 }), served(), true],
    ['that is as slow as the other', served({ p95: 3 }), served({ p95: 2 }), false],
    ['that was asked little', served({ requests: 19, p95: 9 }), served(), false],
    ['beside nothing', served({ p95: 9 }), served({ requests: 0, p95: Number.NaN }), false],
  ])('%s', (_what, fresh, old, slower) => {
    expect(isSlower(fresh, old, LIMITS) !== null).toBe(slower);
  });

  it('gets more once it was asked enough and fails hardly', () => {
    const calm = served();
    expect(wellEnough(served({ requests: 49 }), calm, LIMITS)).toBe(false);
    expect(wellEnough(served({ requests: 50 }), calm, LIMITS)).toBe(true);
    // The other one fails as well: nothing is shifted meanwhile.
    expect(wellEnough(served({ failures: 20 }), calm, LIMITS)).toBe(false);
    // Nor while it is slow, though it has slowed down the other one as much.
    expect(wellEnough(served({ p95: 9 }), calm, LIMITS)).toBe(false);
    expect(wellEnough(served({ p95: 9 }), served({ requests: 0, p95: Number.NaN }), LIMITS)).toBe(
      true,
    );
  });
});

describe('what a process says of itself', () => {
  const said = (requests: number, failed: number, quick: number) => `# HELP x y
process_start_time_seconds 1700000000.5
http_requests_total{method="GET",route="/",status="200"} ${requests}
http_requests_total{method="POST",route="/api/orders",status="503"} ${failed}
http_requests_total{method="GET",route="/health/ready",status="503"} 900
http_requests_total{method="GET",route="/metrics",status="200"} 900
http_request_duration_seconds_bucket{le="0.1",method="GET",route="/",status="200"} ${quick}
http_request_duration_seconds_bucket{le="0.5",method="GET",route="/",status="200"} ${requests + failed} # {trace_id="a"} 0.2
http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/",status="200"} ${requests + failed}
http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/health/live",status="200"} 900
`;

  it('is read without probes, as what happened between two looks', () => {
    const [before, after] = [readSample(said(100, 1, 100)), readSample(said(190, 11, 190))];
    expect(before.startedAt).toBe(1_700_000_000.5);
    expect(windowBetween(before, after)).toEqual({
      requests: 100,
      failures: 10,
      p95: expect.closeTo(0.3, 5),
    });
    expect(windowBetween(after, after)).toEqual({ requests: 0, failures: 0, p95: Number.NaN });
  });
});
