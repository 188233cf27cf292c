import type { WatchedRedis } from '../redis.gateway.ts';
import type { Limits } from './gcra.ts';
import { localLimits } from './local-limits.ts';
import { redisLimits } from './redis-limits.gateway.ts';

/** Some 15 MB at most. Who has more addresses than this has more than one limit anyway. */
const CAPACITY = 100_000;

/**
 * Limits of requests: of this process alone, or, where there is a Redis, of all processes on it. While that is lost
 * each process limits by itself, at once: no request fails or waits for it.
 */
export function createRequestLimits(redis: WatchedRedis | null): Limits {
  const local = localLimits({ capacity: CAPACITY });
  if (redis === null) return local;
  const shared = redisLimits(redis);
  return {
    take(key, rate) {
      if (!redis.isUsable()) return local.take(key, rate);
      return shared.take(key, rate).catch((error: Error) => {
        redis.lose(error);
        return local.take(key, rate);
      });
    },
  };
}
