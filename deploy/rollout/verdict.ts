import type { Limits } from './config.ts';
import type { Window } from './metrics.ts';

/** Fewer requests than this say nothing of a percentile. */
const ENOUGH_FOR_P95 = 20;

/**
 * Says where more of the new release's requests fail than is accepted, and than the old one's. What troubles both
 * alike, a database that is away, is no reason: the old one does no better.
 */
export function failsMore(
  fresh: Window,
  old: Window,
  { minFailures, failureShare, factor }: Limits,
): string | null {
  const [share, oldShare] = [shareOf(fresh), shareOf(old)];
  if (fresh.failures < minFailures || share <= failureShare || share <= factor * oldShare)
    return null;
  return `${fresh.failures} of its ${fresh.requests} requests failed (${percent(share)}; ${percent(oldShare)} of the other)`;
}

/** Says where the new release's requests take longer than is accepted, and than the old one's. */
export function isSlower(
  fresh: Window,
  old: Window,
  { p95Seconds, factor }: Limits,
): string | null {
  const enough = fresh.requests >= ENOUGH_FOR_P95 && old.requests >= ENOUGH_FOR_P95;
  if (!enough || fresh.p95 <= p95Seconds || fresh.p95 <= factor * old.p95) return null;
  return `95 of 100 of its requests take up to ${milliseconds(fresh.p95)} (${milliseconds(old.p95)} of the other)`;
}

/**
 * Whether the new release, which is not worse, is well enough to be given more: not while it is slower than all of the
 * traffic was before it came. A slow release can hold up the other one, by the rows that both write.
 */
export function wellEnough(fresh: Window, calm: Window, limits: Limits): boolean {
  const { minRequests, failureShare } = limits;
  const asked = fresh.requests >= minRequests;
  return asked && shareOf(fresh) <= failureShare && isSlower(fresh, calm, limits) === null;
}

function shareOf({ requests, failures }: Window): number {
  return requests === 0 ? 0 : failures / requests;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const milliseconds = (seconds: number) => `${Math.round(1000 * seconds)} ms`;

/** A window in words: "312 requests, 0 failed, p95 45 ms". */
export function describeWindow({ requests, failures, p95 }: Window): string {
  const time = Number.isNaN(p95) ? '' : `, p95 ${milliseconds(p95)}`;
  return `${requests} requests, ${failures} failed${time}`;
}
