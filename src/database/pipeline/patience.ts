/** How long a migration waits, and how often it tries. All times in milliseconds. */
export interface Patience {
  /** Whoever comes after one that waits for a lock of a table waits too: so long at most. */
  readonly lockTimeoutMs: number;
  /** What holds a lock ends within so long, whatever it does. */
  readonly statementTimeoutMs: number;
  /** Outside a transaction statements wait for old readers while nobody waits for them. */
  readonly concurrentLockTimeoutMs: number;
  /** A session that says nothing for so long is of a process that stands still, or of a machine that is gone. */
  readonly goneAfterMs: number;
  readonly mostTries: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** A shopper waits a second at most; fifteen tries take about a minute and a half. */
export const PATIENCE: Patience = {
  lockTimeoutMs: 1_000,
  statementTimeoutMs: 15_000,
  concurrentLockTimeoutMs: 600_000,
  goneAfterMs: 30_000,
  mostTries: 15,
  firstPauseMs: 500,
  longestPauseMs: 8_000,
};

/** The pause after a failed try: twice as long each time, of which a random half is left out. */
export function pauseAfter(tries: number, { firstPauseMs, longestPauseMs }: Patience): number {
  const most = Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1));
  return most / 2 + (Math.random() * most) / 2;
}
