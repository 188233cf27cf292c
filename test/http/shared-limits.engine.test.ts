import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import type { Limits } from '../../src/http/limits/gcra.ts';
import { createRequestLimits } from '../../src/http/limits/request-limits.ts';
import { CLASSES, scaled } from '../../src/http/limits/route-classes.ts';
import type { WatchedRedis } from '../../src/http/redis.gateway.ts';
import { openRedis } from '../../src/http/redis-health.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { describeWith } from '../observability/engines.ts';
import { redisServer } from '../support/redis-server.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const PUBLIC_URL = 'http://localhost:5004';

describeWith(['redis-server'], 'limits that processes share through Redis', () => {
  const rate = scaled(CLASSES.upload, 5);
  let redis: Awaited<ReturnType<typeof redisServer>>;
  let shop: TestShop;
  /** Another process of the shop, as far as limits go. */
  let other: Limits;
  let otherRedis: WatchedRedis;
  const otherMetrics = createMetrics();

  /** 0 while Redis is used, 2 while it is lost, in the shop and in the other process. */
  async function states(): Promise<(string | undefined)[]> {
    const texts = [
      String((await shop.api('GET', '/metrics')).body),
      await otherMetrics.registry.metrics(),
    ];
    return texts.map((text) => /circuit_state\{dependency="redis"\} (\d)/.exec(text)?.[1]);
  }
  const bothAre = (state: string) => async () => (await states()).every((one) => one === state);

  const ask = () => shop.api('POST', '/api/products/import');
  const askOther = (key = 'upload:127.0.0.1') => other.take(key, rate);

  beforeAll(async () => {
    redis = await redisServer();
    await redis.start();
    const redisUrl = redis.url;
    shop = await startShop({
      RATE_LIMIT: 'on',
      RATE_LIMIT_PERCENT: '5',
      REDIS_URL: redisUrl,
      PUBLIC_URL,
    });
    otherRedis = openRedis(redisUrl, PUBLIC_URL, {
      logger: createLogger('silent'),
      metrics: otherMetrics,
    });
    other = createRequestLimits(otherRedis);
    await until(bothAre('0'));
  });
  afterAll(async () => {
    otherRedis?.close();
    await shop?.stop();
    await redis.kill();
  });

  it('while Redis is lost each process limits by itself at once, and they share again when it is back', async () => {
    await redis.kill();
    const took: number[] = [];
    for (let taken = 0; taken < rate.limit; taken += 1) {
      const began = performance.now();
      const { status, headers } = await ask();
      took.push(performance.now() - began);
      expect(status).toBe(401);
      expect(headers.get('ratelimit')).toContain('"upload";r=');
    }
    // Who waits for Redis takes that each time; a machine that stands still, once.
    expect(Math.min(...took)).toBeLessThan(100);
    for (let taken = 0; taken < rate.limit; taken += 1) await askOther('alone');
    expect((await askOther('alone')).allowed).toBe(false);
    expect(await states()).toEqual(['2', '2']);

    await redis.start();
    await until(bothAre('0'), { what: 'the return to Redis' });
    expect((await askOther('alone')).allowed).toBe(true);
  });

  it('what one process allowed is gone for the other, to the last request', async () => {
    const { limit } = rate;
    // On a machine that is too busy Redis answers late, and each process goes on by itself: then anew.
    for (let tries = 0; tries < 10; tries += 1) {
      await redis.kill();
      await redis.start();
      await until(bothAre('0'), { what: 'Redis for both' });
      const began = performance.now();
      const asked = await Promise.all(
        Array.from({ length: limit }, async () => [
          (await ask()).status === 401,
          (await askOther()).allowed,
        ]),
      );
      if (!(await bothAre('0')())) continue;
      const allowed = asked.flat().filter(Boolean).length;
      const refilled = ((performance.now() - began) / 60_000) * limit;
      expect(allowed).toBeGreaterThanOrEqual(limit);
      expect(allowed).toBeLessThanOrEqual(limit + Math.ceil(refilled));
      return;
    }
    throw new Error('Redis never answered in time');
  });

  it('a Redis that hangs delays what is under way for a tenth of a second, and nothing after', async () => {
    const took: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      redis.signal('SIGSTOP');
      const began = performance.now();
      expect((await askOther(`hung ${round}`)).allowed).toBe(true);
      took.push(performance.now() - began);
      for (let taken = 0; taken < 50; taken += 1) {
        // Nothing that is waited for comes before the event loop's next turn.
        const turn = setImmediate('the next turn');
        const first = await Promise.race([askOther(`hung ${round}`), turn]);
        expect(first).toHaveProperty('allowed');
      }
      expect((await states())[1]).toBe('2');

      redis.signal('SIGCONT');
      await until(async () => (await states())[1] === '0', { what: 'the return to Redis' });
    }
    // The machine may stand still in one of them.
    expect(Math.min(...took)).toBeLessThan(1000);
  });

  it.each([
    ['is full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
    ['became a replica', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
  ])(
    'one that %s is lost until it takes writes again, and that is told once',
    async (_name, begin, end) => {
      const keeper = new Redis(redis.url);
      onTestFinished(() => keeper.disconnect());
      const told: string[] = [];
      otherRedis.follow({ onLost: () => told.push('lost'), onBack: () => told.push('back') });
      let connections = 1;
      const another = () => {
        connections += 1;
      };
      otherRedis.redis.on('connect', another);
      onTestFinished(() => void otherRedis.redis.off('connect', another));
      const looks = vi.spyOn(otherRedis.redis, 'set');
      onTestFinished(() => looks.mockRestore());
      const tell = ([command = '', ...rest]: string[]) => keeper.call(command, ...rest);
      await tell(begin);
      await until(
        async () => {
          expect((await askOther(randomUUID())).allowed).toBe(true);
          return looks.mock.calls.length > 2;
        },
        { what: 'three looks whether it is back' },
      );
      expect(told).toEqual(['lost']);
      // The address of a replica may lead to the one that takes writes by now.
      expect(connections > 1).toBe(begin[0] === 'REPLICAOF');
      await tell(end);
      await until(async () => (await states())[1] === '0', { what: 'the return to Redis' });
      expect((await askOther(randomUUID())).allowed).toBe(true);
      expect(told).toEqual(['lost', 'back']);
    },
  );

  it('a clock of Redis that is set back holds nobody up for longer than the limit itself', async () => {
    const keeper = new Redis(redis.url);
    onTestFinished(() => keeper.disconnect());
    await until(bothAre('0'));
    const who = randomUUID();
    for (let taken = 0; taken < rate.limit; taken += 1) await askOther(who);
    expect((await askOther(who)).allowed).toBe(false);
    const keys = await keeper.keys('mainstay:*limit:*');
    const ahead = (Date.now() + 3600_000) * 1000;
    for (const key of keys) await keeper.set(key, String(ahead), 'PX', 3600_000);
    const { allowed, seconds } = await askOther(who);
    expect(allowed).toBe(true);
    expect(seconds).toBeLessThanOrEqual(rate.periodSeconds);
  });
});
