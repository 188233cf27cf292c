import { hash } from 'node:crypto';
import { Redis } from 'ioredis';

/** Redis answers in less than a millisecond; one that needs this long is as good as lost. */
const ANSWER_MS = 100;
const PROBE_MS = 1000;

/** Hears once that Redis is lost, and once that it is back; between them once of each other reason why it still is. */
export interface RedisHealth {
  onLost?(error: Error): void;
  onStillLost?(error: Error): void;
  onBack?(): void;
}

export interface WatchedRedis {
  readonly redis: Redis;
  /** The key, or channel, of that name of this shop's own: others may use the same Redis. */
  keyOf(name: string): string;
  /** Whether it is worth asking. */
  isUsable(): boolean;
  /** Says that it did not answer: it is not asked again until it does. */
  lose(error: Error): void;
  follow(health: RedisHealth): void;
  close(): void;
}

/**
 * A connection to Redis that nobody waits for: made anew for ever where it breaks, no command outlasts 100 ms, and
 * while it is lost it is asked once a second whether it is back.
 * @param shop the address that all processes of the shop have in common
 */
export function watchRedis(url: string, shop: string): WatchedRedis {
  const prefix = `mainstay:${hash('sha256', shop, 'base64url').slice(0, 12)}`;
  const keyOf = (name: string): string => `${prefix}:${name}`;
  const redis = new Redis(url, {
    connectionName: 'mainstay',
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_MS,
    connectTimeout: 2000,
    // A connection whose other side is gone without a word is found out and made anew.
    socketTimeout: 5000,
    retryStrategy: (times) => Math.min(100 * 2 ** times, 2000),
    // After a failover the address leads to another one than the connection does.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  const followers: RedisHealth[] = [];
  let lost = false;
  /** What its followers know. */
  const reasons = new Set<string>();
  let probing: NodeJS.Timeout | undefined;

  function lose(error: Error): void {
    if (lost) return;
    lost = true;
    reasons.clear();
    reasons.add(error.message);
    for (const one of followers) one.onLost?.(error);
    probing = setInterval(probe, PROBE_MS);
    probing.unref();
  }

  /** A connection that broke says nothing; the next ones may, as that the password is refused. */
  function fail(error: Error): void {
    if (!lost) lose(error);
    if (reasons.has(error.message)) return;
    reasons.add(error.message);
    for (const one of followers) one.onStillLost?.(error);
  }

  async function probe(): Promise<void> {
    if (redis.status !== 'ready') return;
    // A write: one that is full, or a replica, answers a ping all the same.
    await redis.set(keyOf('probe'), '', 'PX', PROBE_MS).then(
      () => {
        if (!lost) return;
        lost = false;
        clearInterval(probing);
        for (const one of followers) one.onBack?.();
      },
      () => undefined,
    );
  }

  redis.on('error', fail);
  redis.on('close', () => lose(new Error('the connection to Redis is closed')));
  return {
    redis,
    keyOf,
    isUsable: () => !lost && redis.status === 'ready',
    lose,
    follow: (health) => followers.push(health),
    close() {
      clearInterval(probing);
      // Nothing is lost that anybody should hear of.
      lost = true;
      redis.disconnect();
    },
  };
}
