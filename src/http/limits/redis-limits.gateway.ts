import { hash } from 'node:crypto';
import { Redis } from 'ioredis';
import { paceOf, type Rate, type Verdict, verdictOf } from './gcra.ts';

/** Limits that several processes share. */
export interface SharedLimits {
  /** @throws where Redis does not answer within ANSWER_MS. */
  take(key: string, rate: Rate): Promise<Verdict>;
  /** Whether there is a connection that commands can go to. */
  isConnected(): boolean;
  /** @throws where Redis does not answer. */
  ping(): Promise<void>;
  close(): void;
}

/** Redis answers in less than a millisecond; one that needs this long is as good as lost. */
const ANSWER_MS = 100;

/**
 * Takes one token: KEYS[1] holds when the bucket is full again, in microseconds of Redis's own clock, so that the
 * clocks of the shop's machines do not matter. A bucket that is full again expires.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local pace, period = tonumber(ARGV[1]), tonumber(ARGV[2])
local ahead = math.max(0, tonumber(redis.call('GET', KEYS[1]) or '0') - now)
if ahead + pace > period then
  return {0, ahead}
end
ahead = ahead + pace
redis.call('SET', KEYS[1], string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000))
return {1, ahead}`;

interface WithTake {
  takeToken(key: string, pace: number, period: number): Promise<[number, number]>;
}

/** Connects to Redis, for ever again where the connection breaks; no command ever waits for a connection. */
export function redisLimits(
  url: string,
  { onTrouble }: { onTrouble: (error: Error) => void },
): SharedLimits {
  const redis = new Redis(url, {
    connectionName: 'mainstay-limits',
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_MS,
    connectTimeout: 2000,
    // A connection whose other side is gone without a word is found out and made anew.
    socketTimeout: 5000,
    retryStrategy: (times) => Math.min(100 * 2 ** times, 2000),
    scripts: { takeToken: { numberOfKeys: 1, lua: TAKE } },
  });
  redis.on('error', onTrouble);
  redis.on('close', () => onTrouble(new Error('the connection to Redis is closed')));
  return {
    async take(key, rate) {
      const [allowed, ahead] = await (redis as unknown as WithTake).takeToken(
        // Hashed, so that Redis holds no addresses.
        `mainstay:limit:${hash('sha256', key, 'base64url')}`,
        paceOf(rate),
        rate.periodSeconds * 1e6,
      );
      return verdictOf(allowed === 1, ahead, rate);
    },
    isConnected: () => redis.status === 'ready',
    async ping() {
      await redis.ping();
    },
    close: () => redis.disconnect(),
  };
}
