import type pg from 'pg';
import { type Change, followChanges } from '../../database/changes.ts';
import type { Db } from '../../database/database.ts';
import type { ChangeFeed, Hearing } from '../../database/feed/feed.ts';
import { postgresFeed } from '../../database/feed/postgres-feed.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { WatchedRedis } from '../redis.gateway.ts';
import { type AnswerCache, createAnswerCache, type SharedAnswers } from './answer-cache.ts';
import { KEEP_MS, KEEP_UNSURE_MS, type Memory } from './memory.ts';
import { redisCache } from './redis-cache.gateway.ts';
import { createReadingMemory, type KeptReading } from './visitor-reads.ts';

export interface LiveCache {
  readonly cache: AnswerCache;
  /** What pages show every visitor alike; each process keeps its own. */
  readonly readings: Memory<KeptReading>;
  /** Lets go of everything, here and in the other processes. */
  letGo(): void;
  close(): Promise<void>;
}

const EVERYTHING: Change = { catalogue: true, flags: false, variantIds: new Set() };

/**
 * What a process remembers of what it answers visitors, let go of as it and others change what that shows. Changes are
 * told through Redis where there is one, which keeps answers for all of them too, and else through the database.
 */
export function liveCache({
  db,
  redis,
  listener,
  onFlags,
  logger,
}: {
  readonly db: Db;
  readonly redis: WatchedRedis | null;
  /** One connection that listens. */
  readonly listener: () => pg.Pool;
  /** Called when another process changed flags, or may have. */
  readonly onFlags: () => void;
  readonly logger: Logger;
}): LiveCache {
  const hearing: Hearing = {
    onChange(change) {
      invalidate(change);
      if (change.flags) onFlags();
    },
    onLost: () => distrust(KEEP_UNSURE_MS),
    onBack() {
      distrust(KEEP_MS);
      onFlags();
    },
  };
  const { feed, answers }: { feed: ChangeFeed; answers?: SharedAnswers } =
    redis === null
      ? { feed: postgresFeed(listener(), hearing, logger) }
      : redisCache(redis, hearing);
  const cache = createAnswerCache(answers ? { shared: answers } : {});
  const readings = createReadingMemory();
  function invalidate(change: Change): void {
    cache.invalidate(change);
    readings.invalidate(change);
  }
  function distrust(keepMs: number): void {
    cache.distrust(keepMs);
    readings.distrust(keepMs);
  }
  function tell(change: Change): void {
    invalidate(change);
    feed.publish(change);
  }
  followChanges(db, tell);
  return {
    cache,
    readings,
    letGo: () => tell(EVERYTHING),
    close: () => feed.close(),
  };
}
