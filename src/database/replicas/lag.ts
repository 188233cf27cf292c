import type { WalPosition } from './wal-position.ts';

/** How much of the primary's log a replica has not replayed, and since when, at least, it lacks it. */
export interface Lag {
  readonly seconds: number;
  readonly bytes: number;
  /** Whether it has ever been as far as the log was when it was first looked at: before that its lag is not known. */
  readonly caughtUp: boolean;
}

const MOST_SAMPLES = 600;

/**
 * Tells lag by one clock: it remembers when the primary's log was first seen to be how long, so that neither the
 * servers' clocks nor a quiet shop make a replica look older than it is. Times are milliseconds of `performance.now`.
 */
export function createLagClock() {
  let samples: { at: number; position: WalPosition }[] = [];

  return {
    /** Where the primary was at a moment. */
    note(position: WalPosition, at: number): void {
      const last = samples.at(-1);
      // Another history counts anew.
      if (last && last.position.timeline !== position.timeline) samples = [];
      else if (last && last.position.bytes >= position.bytes) return;
      samples.push({ at, position });
      if (samples.length > MOST_SAMPLES) samples.shift();
    },

    /** Where the primary was last seen; null while it never was. */
    latest: (): WalPosition | null => samples.at(-1)?.position ?? null,

    /** How far behind what is known of the primary something is that has replayed so many bytes. */
    of(bytes: number, at: number): Lag {
      const missed = samples.find(({ position }) => position.bytes > bytes);
      const first = samples[0];
      return {
        seconds: missed ? (at - missed.at) / 1000 : 0,
        bytes: Math.max(0, (samples.at(-1)?.position.bytes ?? bytes) - bytes),
        caughtUp: first !== undefined && missed !== first,
      };
    },
  };
}
