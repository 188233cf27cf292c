import { type Limits, paceOf, type Rate, type Verdict, verdictOf } from './gcra.ts';

export interface LocalLimits extends Limits {
  take(key: string, rate: Rate): Verdict;
  /** Whether a request would be refused now; takes nothing. */
  isEmpty(key: string, rate: Rate): boolean;
  readonly size: number;
}

/**
 * Limits of this process alone: the generic cell rate algorithm (ATM Forum TM 4.0, 4.4.2) on a map of at most
 * `capacity` buckets, of which the longest unused is forgotten first. `now` is a clock in microseconds.
 */
export function localLimits({
  capacity,
  now = () => Math.floor(performance.now() * 1000),
}: {
  capacity: number;
  now?: () => number;
}): LocalLimits {
  /** When each bucket would be full again; in the order of their last use. */
  const fullAt = new Map<string, number>();

  function forgetOldest(time: number): void {
    const oldest = fullAt.entries().next().value;
    // A bucket that is full again is the same as one that was never used.
    if (oldest && (oldest[1] <= time || fullAt.size > capacity)) fullAt.delete(oldest[0]);
  }

  return {
    take(key, rate) {
      const time = now();
      const ahead = Math.max(0, (fullAt.get(key) ?? 0) - time);
      const allowed = ahead + paceOf(rate) <= rate.periodSeconds * 1e6;
      const after = allowed ? ahead + paceOf(rate) : ahead;
      fullAt.delete(key);
      fullAt.set(key, time + after);
      // Two for each that comes, so that what is stale goes faster than anything is added.
      forgetOldest(time);
      forgetOldest(time);
      return verdictOf(allowed, after, rate);
    },
    isEmpty(key, rate) {
      const ahead = Math.max(0, (fullAt.get(key) ?? 0) - now());
      return ahead + paceOf(rate) > rate.periodSeconds * 1e6;
    },
    get size() {
      return fullAt.size;
    },
  };
}
