import { isDeepStrictEqual } from 'node:util';
import { type Db, inSnapshot } from '../../database/database.ts';
import { repeat } from '../../shared/repeat.ts';
import { inRounds } from '../../shared/rounds.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { declarationOf } from './declared.model.ts';
import type { Flag, Segment } from './flags.model.ts';
import { findFlags, findSegments } from './flags.repository.ts';

/** What a process remembers of the flags: what it read last, however long ago that was. */
export interface Held {
  readonly flags: ReadonlyMap<string, Flag>;
  readonly segments: ReadonlyMap<string, Segment>;
}

/** Who hears of flags. */
interface Follower {
  /** These are set otherwise than before. */
  onChanged?(keys: readonly string[]): void;
  /** They were read, or could not be: `stale`. */
  onRead?(stale: boolean): void;
}

export interface HeldFlags {
  now(): Held;
  /** Reads them anew: what was committed before the call is held after it. @throws what the database throws */
  reload(): Promise<void>;
  /** As `reload`, for who cannot wait; a failure is logged and the poll tries again. */
  reloadSoon(): void;
  follow(follower: Follower): void;
  /** Seconds since they were read; Infinity before the first time. */
  ageSeconds(): number;
  stop(): Promise<void>;
}

/** What a change takes to be seen where nobody could tell of it. */
const POLL_MS = 5000;

/**
 * Holds every flag in memory. Other processes tell of changes at once; the poll is what makes sure. While the database
 * is away what was read last stays, and before the first reading there is nothing, which gives defaults.
 */
export function holdFlags({ db, logger }: { db: Db; logger: Logger }): HeldFlags {
  let held: Held = { flags: new Map(), segments: new Map() };
  let readAt = Number.NEGATIVE_INFINITY;
  const followers: Follower[] = [];

  const reload = inRounds(async () => {
    const before = held;
    try {
      held = await readFlags(db);
    } catch (error) {
      for (const { onRead } of followers) onRead?.(true);
      throw error;
    }
    readAt = performance.now();
    for (const { onRead } of followers) onRead?.(false);
    const changed = changedKeys(before, held);
    if (changed.length > 0) for (const { onChanged } of followers) onChanged?.(changed);
  });
  const warn = (error: unknown) =>
    logger.warn({ err: error }, 'flags could not be read; those of before hold on');
  const poll = repeat(POLL_MS, reload, warn);

  return {
    now: () => held,
    reload,
    reloadSoon: () => void reload().catch(warn),
    follow: (follower) => void followers.push(follower),
    ageSeconds: () => (performance.now() - readAt) / 1000,
    stop: poll.stop,
  };
}

function readFlags(db: Db): Promise<Held> {
  return inSnapshot(db, async (tx) => {
    const flags = await findFlags(tx);
    const segments = await findSegments(tx);
    return {
      flags: new Map(flags.map((flag) => [flag.key, flag])),
      segments: new Map(segments.map((segment) => [segment.key, segment])),
    };
  });
}

function changedKeys(before: Held, after: Held): string[] {
  const aimed = !isDeepStrictEqual(before.segments, after.segments);
  return [...new Set([...before.flags.keys(), ...after.flags.keys()])].filter(
    (key) =>
      (aimed && declarationOf(key)?.scope === 'visitor') ||
      !isDeepStrictEqual(before.flags.get(key), after.flags.get(key)),
  );
}
