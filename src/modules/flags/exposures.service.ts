import { LRUCache } from 'lru-cache';
import type { Db } from '../../database/database.ts';
import { isDatabaseTrouble } from '../../database/failures.ts';
import { repeatToTheEnd } from '../../shared/repeat.ts';
import { KEPT_DAYS } from '../../shared/retention.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { deleteOldExposures, type Exposure, insertExposures } from './exposures.repository.ts';

type Seen = Omit<Exposure, 'ageMs'> & {
  readonly flag: string;
  /** Milliseconds, by a clock that nobody sets. */
  readonly at: number;
};

/** What waits to be written at most: some seconds of a busy shop, some minutes of a database that is away. */
const MOST_WAITING = 10_000;
/** What is remembered as written, so that a visitor's next page costs nothing. */
const MOST_WRITTEN = 50_000;
const AT_ONCE = 2000;
const WRITE_EVERY_MS = 1000;

export type ExposureLog = ReturnType<typeof createExposureLog>;

/**
 * Who saw which variant, kept until it is written: once for a visitor, in memory that is bounded. Where too many wait,
 * the newest is dropped and counted: that visitor's next page tells it again.
 */
export function createExposureLog({
  metrics,
}: {
  metrics: Pick<Metrics, 'flagExposures' | 'flagExposuresDropped'>;
}) {
  const waiting = new Map<string, Seen>();
  const written = new LRUCache<string, true>({ max: MOST_WRITTEN });

  return {
    /** Notes an exposure; returns at once. */
    add(seen: Omit<Seen, 'at'>): void {
      const name = nameOf(seen);
      if (waiting.has(name) || written.has(name)) return;
      if (waiting.size >= MOST_WAITING) metrics.flagExposuresDropped.inc();
      else waiting.set(name, { ...seen, at: performance.now() });
    },
    /** The oldest that wait. They go on waiting until they are written, or given up. */
    next: (): Seen[] => [...waiting.values()].slice(0, AT_ONCE),
    wrote(exposures: readonly Seen[]): void {
      for (const exposure of exposures) {
        const name = nameOf(exposure);
        waiting.delete(name);
        written.set(name, true);
        const { flag, variant } = exposure;
        metrics.flagExposures.inc({ flag, variant });
      }
    },
    /** Gives up what cannot be written at all. */
    drop(exposures: readonly Seen[]): void {
      for (const exposure of exposures) waiting.delete(nameOf(exposure));
      metrics.flagExposuresDropped.inc(exposures.length);
    },
  };
}

const nameOf = ({ experimentId, visitorId, variant }: Omit<Seen, 'at'>): string =>
  `${experimentId} ${visitorId} ${variant}`;

interface WriterDeps {
  readonly db: Db;
  readonly exposures: ExposureLog;
  readonly logger: Logger;
}

/** Writes exposures once a second, and at the end. While the database is away they wait in memory. */
export function startExposureWriter(deps: WriterDeps): { stop(): Promise<void> } {
  return repeatToTheEnd(
    WRITE_EVERY_MS,
    () => writeExposures(deps),
    (error) => deps.logger.warn({ err: error }, 'who saw which variant could not be written down'),
  );
}

/** Writes what waits. @throws what the database throws; where that may pass, nothing is lost. */
export async function writeExposures({
  db,
  exposures,
}: Pick<WriterDeps, 'db' | 'exposures'>): Promise<void> {
  for (let next = exposures.next(); next.length > 0; next = exposures.next())
    try {
      const now = performance.now();
      await insertExposures(
        db,
        next.map((seen) => ({ ...seen, ageMs: now - seen.at })),
      );
      exposures.wrote(next);
    } catch (error) {
      if (!isDatabaseTrouble(error)) exposures.drop(next);
      throw error;
    }
}

/** Forgets who saw what in experiments that ended long ago. */
export function forgetExposures(db: Db): Promise<void> {
  return deleteOldExposures(db, KEPT_DAYS.exposures);
}
