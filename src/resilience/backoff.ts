const BASE_MS = 100;
const CAP_MS = 1000;

/**
 * How long to wait before the next try, in milliseconds: exponential with full jitter. Where the dependency said how
 * long, at least that, with equal jitter on top: full jitter could come to nothing, and all would return at once.
 * @param attempt 1 before the first retry.
 */
export function pauseBefore(
  attempt: number,
  retryAfterMs: number | null,
  random: () => number = Math.random,
): number {
  const step = Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
  return retryAfterMs === null ? random() * step : retryAfterMs + (step * (1 + random())) / 2;
}
