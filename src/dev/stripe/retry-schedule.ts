const FIRST_DELAY_MS = 700;
const LONGEST_DELAY_MS = 5 * 60_000;
const GIVE_UP_AFTER_MS = 3 * 24 * 3600 * 1000;

/**
 * When to try a webhook again after its nth failed attempt: within a second, then twice as late each
 * time up to five minutes, a fifth more or less so that many do not arrive together. Null after three days.
 */
export function nextAttemptAt(attempts: number, firstAt: number, now: number): number | null {
  if (now - firstAt > GIVE_UP_AFTER_MS) return null;
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), LONGEST_DELAY_MS);
  return now + Math.round(delay * (0.8 + Math.random() * 0.4));
}
