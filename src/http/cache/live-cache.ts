import type pg from 'pg';
import { type Change, followChanges } from '../../database/changes.ts';
import type { Db } from '../../database/database.ts';
import type { ChangeFeed, Hearing } from '../../database/feed/feed.ts';
import { postgresFeed } from '../../database/feed/postgres-feed.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { WatchedRedis } from '../redis.gateway.ts';
import {
  type AnswerCache,
  createAnswerCache,
  KEEP_MS,
  KEEP_UNSURE_MS,
  type SharedAnswers,
} from './answer-cache.ts';
import { redisCache } from './redis-cache.gateway.ts';

export interface LiveCache {
  readonly cache: AnswerCache;
  /** Lets go of every answer, here and in the other processes. */
  letGo(): void;
  close(): Promise<void>;
}

const EVERYTHING: Change = { catalogue: true, flags: false, variantIds: new Set() };

/**
 * The answers that a process remembers, let go of as it and others change what they show. Changes are told through
 * Redis where there is one, which keeps answers for all of them too, and else through the database.
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
      cache.invalidate(change);
      if (change.flags) onFlags();
    },
    onLost: () => cache.distrust(KEEP_UNSURE_MS),
    onBack() {
      cache.distrust(KEEP_MS);
      onFlags();
    },
  };
  const { feed, answers }: { feed: ChangeFeed; answers?: SharedAnswers } =
    redis === null
      ? { feed: postgresFeed(listener(), hearing, logger) }
      : redisCache(redis, hearing);
  const cache = createAnswerCache(answers ? { shared: answers } : {});
  followChanges(db, (change) => {
    cache.invalidate(change);
    feed.publish(change);
  });
  return {
    cache,
    letGo() {
      cache.invalidate(EVERYTHING);
      feed.publish(EVERYTHING);
    },
    close: () => feed.close(),
  };
}
