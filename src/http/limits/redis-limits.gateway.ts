import { hash } from 'node:crypto';
import type { WatchedRedis } from '../redis.gateway.ts';
import { paceOf, type Rate, type Verdict, verdictOf } from './gcra.ts';

/**
 * Takes one token: KEYS[1] holds when the bucket is full again, in microseconds of Redis's own clock, so that the
 * clocks of the shop's machines do not matter. A bucket that is full again expires; one that would be so only after a
 * whole period is of before that clock was set back, as by a failover, and begins anew.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local pace, period = tonumber(ARGV[1]), tonumber(ARGV[2])
local ahead = math.max(0, tonumber(redis.call('GET', KEYS[1]) or '0') - now)
if ahead > period then ahead = 0 end
if ahead + pace > period then
  return {0, ahead}
end
ahead = ahead + pace
redis.call('SET', KEYS[1], string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000))
return {1, ahead}`;

interface WithTake {
  takeToken(key: string, pace: number, period: number): Promise<[number, number]>;
}

/** Limits of all processes on a Redis. @throws where it does not answer */
export function redisLimits({ redis, keyOf }: Pick<WatchedRedis, 'redis' | 'keyOf'>) {
  redis.defineCommand('takeToken', { numberOfKeys: 1, lua: TAKE });
  const commands = redis as unknown as WithTake;
  return {
    async take(key: string, rate: Rate): Promise<Verdict> {
      const [allowed, ahead] = await commands.takeToken(
        // Hashed, so that Redis holds no addresses.
        keyOf(`limit:${hash('sha256', key, 'base64url')}`),
        paceOf(rate),
        rate.periodSeconds * 1e6,
      );
      return verdictOf(allowed === 1, ahead, rate);
    },
  };
}
