import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { redisCache } from '../../src/http/cache/redis-cache.gateway.ts';
import { watchRedis } from '../../src/http/redis.gateway.ts';
import { switchTo } from '../flags/support.ts';
import { describeWith } from '../observability/engines.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { redisServer } from '../support/redis-server.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const PUBLIC_URL = 'http://localhost:5004';

describeWith(['redis-server'], 'answers that processes share through Redis', () => {
  let redis: Awaited<ReturnType<typeof redisServer>>;
  let database: TestDatabase;
  let one: TestShop;
  let two: TestShop;

  beforeAll(async () => {
    redis = await redisServer();
    await redis.start();
    database = await createDatabase();
    const shared = { ...database, drop: async () => undefined };
    const env = { REDIS_URL: redis.url, PUBLIC_URL };
    one = await startShop(env, { database: shared });
    two = await startShop(env, { role: 'web', database: shared });
    await until(isUsed);
  });
  afterAll(async () => {
    await two?.stop();
    await one?.stop();
    await database?.drop();
    await redis?.kill();
  });

  async function metric(shop: TestShop, name: RegExp): Promise<number> {
    return Number(name.exec(String((await shop.api('GET', '/metrics')).body))?.[1]);
  }
  const shared = (shop: TestShop) => metric(shop, /http_kept_answers_total\{from="shared"\} (\d+)/);
  const circuit = (shop: TestShop) => metric(shop, /circuit_state\{dependency="redis"\} (\d)/);
  const isUsed = async () => (await circuit(one)) === 0 && (await circuit(two)) === 0;
  const isLost = async () => (await circuit(one)) === 2 && (await circuit(two)) === 2;

  async function available(shop: TestShop, id: string): Promise<number> {
    const { status, body } = await shop.api('GET', `/api/products/${id}`);
    expect(status).toBe(200);
    return body.variants[0].available;
  }

  it('what one has loaded the other need not load', async () => {
    // It is there a moment after it was sent: on a busy machine perhaps too late, then another one is tried.
    await until(
      async () => {
        const { id } = await one.product();
        const before = await shared(two);
        await available(one, id);
        await available(two, id);
        return (await shared(two)) > before;
      },
      { what: 'an answer from Redis' },
    );
  });

  it('what one changes is let go of by both, and no older answer comes back from Redis', async () => {
    const { token } = await one.customer();
    const { id, variantId } = await one.product({ stock: 100 });
    for (let left = 99; left >= 80; left -= 1) {
      const buyer = left % 2 === 0 ? one : two;
      const looker = buyer === one ? two : one;
      expect((await buyer.order(token, variantId)).status).toBe(201);
      expect(await available(buyer, id)).toBe(left);
      await until(async () => (await available(looker, id)) === left, { what: `${left} left` });
    }
  });

  it('of another shop on the same Redis neither sees anything', async () => {
    const other = await startShop({ REDIS_URL: redis.url, PUBLIC_URL: 'http://localhost:5006' });
    onTestFinished(() => other.stop());
    await until(async () => (await circuit(other)) === 0);
    const { id } = await one.product();
    await available(one, id);
    expect((await other.api('GET', `/api/products/${id}`)).status).toBe(404);
    await one.api('GET', '/api/products');
    expect((await other.api('GET', '/api/products')).body.data).toEqual([]);
    expect(await shared(other)).toBe(0);
  });

  it('a flag that they hang on is told of through Redis too', async () => {
    await one.product({ title: 'Samovar' });
    const found = async (shop: TestShop) =>
      (await shop.api('GET', '/api/products/search?q=samovra')).body.data.length;
    for (const [enabled, count] of [
      [true, 1],
      [false, 0],
      [true, 1],
    ] as const) {
      expect((await switchTo(one, 'forgiving-search', enabled)).status).toBe(200);
      for (const shop of [two, one]) await until(async () => (await found(shop)) === count);
    }
  });

  it('killed under load it fails no request, and nobody is shown what was before their order', async () => {
    const { token } = await one.customer();
    const { id, variantId } = await one.product({ stock: 1000 });
    const listing = await one.product();
    let crowding = true;
    const crowd = [one, two].map(async (shop) => {
      let asked = 0;
      while (crowding) {
        await available(shop, listing.id);
        asked += 1;
      }
      return asked;
    });
    let left = 1000;
    const buy = async () => {
      expect((await one.order(token, variantId)).status).toBe(201);
      left -= 1;
      expect(await available(one, id)).toBe(left);
    };
    await buy();
    await redis.kill();
    for (let count = 0; count < 10; count += 1) await buy();
    await until(isLost, { what: 'the loss' });
    for (let count = 0; count < 10; count += 1) await buy();
    await until(async () => (await available(two, id)) === left, { what: 'the orders elsewhere' });
    await redis.start();
    await until(isUsed, { what: 'the return to Redis' });
    for (let count = 0; count < 10; count += 1) await buy();
    await until(async () => (await available(two, id)) === left, { what: 'the orders elsewhere' });
    crowding = false;
    for (const asked of await Promise.all(crowd)) expect(asked).toBeGreaterThan(20);
  });

  it('an answer of before the clock of Redis was set back is kept no longer for that', async () => {
    const keeper = new Redis(redis.url);
    onTestFinished(() => keeper.disconnect());
    const { token } = await one.customer();
    const { id, variantId } = await one.product({ stock: 100 });
    const isKept = async () =>
      (await keeper.keys(`mainstay:*answer:/api/products/${id}`)).at(0) ?? null;
    await until(async () => (await available(two, id)) === 100 && (await isKept()) !== null);
    const key = String(await isKept());
    // As it stands there once the clock is an hour earlier.
    await keeper.hset(key, 'asOf', String((Date.now() + 3600_000) * 1000));
    await keeper.pexpire(key, 3600_000);
    expect((await one.order(token, variantId)).status).toBe(201);
    expect(await available(one, id)).toBe(99);
    await until(async () => (await available(two, id)) === 99, { what: '99 left' });
  });

  it('whose password is changed says that it refuses this one, and takes the old one again', async () => {
    const watched = watchRedis(redis.url, 'http://localhost:5007');
    onTestFinished(() => watched.close());
    const told: string[] = [];
    watched.follow({
      onLost: ({ message }) => void told.push(`lost: ${message}`),
      onStillLost: ({ message }) => void told.push(`still lost: ${message}`),
      onBack: () => void told.push('back'),
    });
    await until(() => watched.isUsable());
    const keeper = new Redis(redis.url);
    onTestFinished(() => keeper.disconnect());
    await keeper.config('SET', 'requirepass', 'changed');
    await keeper.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await until(() => told.length === 2, { what: 'the reason' });
    expect(told).toEqual([
      'lost: the connection to Redis is closed',
      expect.stringMatching(/^still lost: NOAUTH/),
    ]);
    await keeper.config('SET', 'requirepass', '');
    await until(() => told.at(-1) === 'back', { what: 'the return' });
    expect(told).toHaveLength(3);
  });

  it('a connection that only listens is found out where all it says is swallowed, and made anew', async () => {
    const proxy = await TcpProxy.start(Number(new URL(redis.url).port));
    onTestFinished(() => proxy.close());
    const watched = watchRedis(`redis://127.0.0.1:${proxy.port}`, PUBLIC_URL);
    onTestFinished(() => watched.close());
    const told: string[] = [];
    const { feed } = redisCache(watched, {
      onChange: () => void told.push('change'),
      onLost: () => void told.push('lost'),
      onBack: () => void told.push('back'),
    });
    onTestFinished(() => feed.close());
    await until(() => told.at(-1) === 'back');
    proxy.impair({ blackHole: true });
    await until(() => told.at(-1) === 'lost', { what: 'the loss' });
    proxy.heal();
    await until(() => told.at(-1) === 'back', { what: 'the return' });
    await one.product();
    await until(() => told.at(-1) === 'change', { what: 'a change' });
  });
});
