import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openConsole } from '../admin/support.ts';
import { openBrowser } from '../identity/browser.ts';
import { expectCleanAudit } from '../support/clean.ts';
import {
  type PostgresServer,
  type ReplicaSet,
  startReplicaSet,
} from '../support/postgres-server.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { databaseOf, isRead, keepAsking, metric, reads } from './support.ts';

// Two processes of one shop behind a balancer, on a primary and a standby that streams from it.
let servers: ReplicaSet;
let database: ReturnType<typeof databaseOf>;
let one: TestShop;
let two: TestShop;
const standby = () => servers.standbys[0] as PostgresServer;

beforeAll(async () => {
  servers = await startReplicaSet(1);
  database = databaseOf(servers.primary);
  const env = { DATABASE_REPLICA_URLS: standby().url, PUBLIC_URL: 'http://localhost:5004' };
  one = await startShop(env, { role: 'web', database });
  two = await startShop(env, { role: 'web', database });
  await until(async () => (await isRead(one)) && (await isRead(two)));
  look = await openLooker();
});
afterAll(async () => {
  await one?.stop();
  await two?.stop();
  await database?.db.destroy();
  await servers?.stop();
});

/** Has the standby show nothing new while something is done. */
async function whilePaused(work: () => Promise<void>): Promise<void> {
  await standby().query('SELECT pg_wal_replay_pause()');
  await until(
    async () =>
      (await standby().query("SELECT WHERE pg_get_wal_replay_pause_state() = 'paused'")).length > 0,
  );
  try {
    await work();
  } finally {
    await standby().query('SELECT pg_wal_replay_resume()');
    await until(async () => (await isRead(one)) && (await isRead(two)));
  }
}

/**
 * Opens pages as somebody who is signed in and wrote nothing lately: what visitors are shown, and what the API answers
 * them, is kept, and read anew as of now.
 */
let look: (shop: TestShop, path: string) => Promise<{ status: number }>;

async function openLooker(): Promise<typeof look> {
  const { email, password } = await one.customer();
  let at = two;
  const browser = openBrowser(() => at.url);
  await browser.open('/sign-in');
  await browser.submit('/sign-in', { email, password });
  browser.cookies.delete('mainstay_position');
  return (shop, path) => {
    at = shop;
    return browser.open(path);
  };
}

const seenBy = async (shop: TestShop, slug: string) =>
  (await look(shop, `/products/${slug}`)).status === 200;

/** The numbers of the orders on somebody's page. */
const ordersOn = (text: string) => text.match(/href="\/orders\/[0-9a-f-]{36}"/g) ?? [];

describe('a replica that keeps up', () => {
  it('answers what anybody may read, and what somebody reads of their own', async () => {
    const { token } = await one.customer();
    const product = await one.product({ stock: 5 });
    await until(() => seenBy(two, product.slug));
    const { body: order } = await one.order(token, product.variantId);
    const before = await reads(two, 'replica');
    const primary = await reads(two, 'primary');
    expect((await two.api('GET', '/api/products')).body.data).toHaveLength(1);
    const mine = await two.api('GET', '/api/orders', { token });
    expect(mine.body.data.map(({ id }: { id: string }) => id)).toEqual([order.id]);
    expect((await reads(two, 'replica')) + (await reads(two, 'primary'))).toBe(
      before + primary + 2,
    );
    // A replica of a busy machine may need longer than a read waits; most do not.
    await until(async () => {
      await two.api('GET', '/api/orders', { token });
      return (await reads(two, 'replica', 'position')) > 0;
    });
  });
});

describe('a replica that does not replay', () => {
  it('hides no order from who placed it, by token and in the browser, in any process', async () => {
    const { token, email, password } = await one.customer();
    const product = await one.product({ stock: 50 });
    const browser = openBrowser(() => two.url);
    await browser.open('/sign-in');
    await browser.submit('/sign-in', { email, password });
    await whilePaused(async () => {
      const from = await reads(two, 'primary');
      for (let count = 1; count <= 3; count += 1) {
        const placed = await one.order(token, product.variantId);
        expect(placed.status).toBe(201);
        for (const shop of [two, one]) {
          const listed = await shop.api('GET', '/api/orders', { token });
          expect(listed.body.data).toHaveLength(count);
          const shown = await shop.api('GET', `/api/orders/${placed.body.id}`, { token });
          expect(shown.status).toBe(200);
          // What an answer to a write names is enough to see it.
          const position = String(placed.headers.get('mainstay-position'));
          const headers = { 'mainstay-position': position };
          const again = await shop.api('GET', '/api/orders', { token, headers });
          expect(again.body.data).toHaveLength(count);
        }
        expect(ordersOn((await browser.open('/account')).text)).toHaveLength(count);
      }
      // As the replica lags, or as it is left out for that.
      expect(await reads(two, 'primary')).toBeGreaterThan(from);
    });
  });

  it('hides nothing from who wrote it in a browser; from others, only for as long as it is not too far behind', async () => {
    let turn = 0;
    const staff = await openConsole(one);
    const cookies = openBrowser(() => [one.url, two.url][turn++ % 2] as string);
    for (const [name, value] of staff.cookies) cookies.cookies.set(name, value);
    await whilePaused(async () => {
      await cookies.open('/admin/products/new');
      const made = await cookies.submit('/admin/products', {
        title: 'Walnut bowl',
        status: 'active',
        currency: 'USD',
        'variants.0.price': '64.00',
        'variants.0.stock': '5',
      });
      expect(made.status).toBe(303);
      const [cookie] = made.set.filter((line) => line.startsWith('mainstay_position='));
      expect(cookie).toMatch(
        /^mainstay_position=\d+\.\d+; Max-Age=60; Path=\/; HttpOnly; SameSite=Lax$/,
      );
      for (let count = 0; count < 4; count += 1) {
        expect((await cookies.open('/admin/products')).text).toContain('Walnut bowl');
        expect((await cookies.open('/products/walnut-bowl')).status).toBe(200);
        expect((await cookies.open('/products')).text).toContain('Walnut bowl');
      }
      expect((await two.api('GET', '/products/walnut-bowl')).status).toBe(200);
      // Whoever is signed in and wrote nothing sees what the replica shows, until it is ejected.
      expect((await seenBy(two, 'walnut-bowl')) && (await isRead(two))).toBe(false);
      await until(() => seenBy(two, 'walnut-bowl'));
      await until(async () => (await metric(two, 'database_replica_lag_seconds{')) > 5);
      await until(async () => (await metric(two, 'database_replica_lag_bytes{')) > 0);
      expect(await isRead(two)).toBe(false);
      expect(await reads(two, 'primary', 'no_replica')).toBeGreaterThan(0);
    });
    expect(await seenBy(two, 'walnut-bowl')).toBe(true);
  });

  it('keeps nobody waiting for a position that does not exist', async () => {
    const { token } = await one.customer();
    const ahead = [`1.${2 ** 52}`, '4294967295.1', '2.0'];
    const senseless = [
      '',
      'x',
      '1',
      '1.9007199254740993',
      '-1.5',
      "1.1' OR 1",
      `1.${'9'.repeat(400)}`,
    ];
    const started = performance.now();
    for (const position of [...ahead, ...senseless]) {
      const headers = { 'mainstay-position': position, cookie: `mainstay_position=${position}` };
      for (const path of ['/api/products', '/products', '/api/orders'])
        expect((await two.api('GET', path, { token, headers })).status).toBe(200);
    }
    // Of thirty, nine wait for 50 ms each.
    expect(performance.now() - started).toBeLessThan(60_000);
    await until(() => isRead(two));
  });
});

describe('a replica that goes away', () => {
  it.each([
    ['hangs', () => standby().freeze('SIGSTOP'), () => standby().freeze('SIGCONT')],
    ['is killed', () => standby().stop('immediate'), () => standby().start()],
  ])(
    'fails no request when it %s, and is read from again when it is back',
    async (_how, strike, heal) => {
      const { token } = await one.customer();
      const product = await one.product({ stock: 5 });
      await one.order(token, product.variantId);
      const listing = keepAsking(() => look(two, '/products'));
      const own = keepAsking(() => two.api('GET', '/api/orders', { token }));
      const served = await reads(two, 'replica', 'recent');
      await until(async () => (await reads(two, 'replica', 'recent')) > served);
      await strike();
      await until(async () => !(await isRead(two)));
      const asked = listing.asked();
      await until(() => listing.asked() > asked + 20);
      await heal();
      await until(() => isRead(two));
      const again = await reads(two, 'replica', 'recent');
      await until(async () => (await reads(two, 'replica', 'recent')) > again + 20);
      const statuses = [...(await listing.stop()), ...(await own.stop())];
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
      const body = await two.api('GET', '/api/orders', { token });
      expect(body.body.data).toHaveLength(1);
    },
  );
});

it('a replica that hangs holds up no stop that begins just then', async () => {
  const env = { DATABASE_REPLICA_URLS: standby().url, PUBLIC_URL: 'http://localhost:5004' };
  const third = await startShop(env, { role: 'web', database });
  await until(() => isRead(third));
  standby().freeze('SIGSTOP');
  onTestFinished(() => standby().freeze('SIGCONT'));
  await until(async () => !(await isRead(third)));
  const began = performance.now();
  await third.stop();
  expect(performance.now() - began).toBeLessThan(5000);
});

it('a primary that hangs keeps nobody waiting longer than without replicas', async () => {
  const { token } = await one.customer();
  const product = await one.product({ stock: 5 });
  const took = async (asking: Promise<{ status: number }>) => {
    const began = performance.now();
    return [(await asking).status, performance.now() - began] as const;
  };
  servers.primary.freeze('SIGSTOP');
  onTestFinished(() => servers.primary.freeze('SIGCONT'));
  const asked = [
    one.order(token, product.variantId),
    one.api('GET', '/api/products?limit=3'),
    one.api('GET', '/api/products?limit=3', { token }),
    one.api('GET', '/'),
  ];
  for (const [status, ms] of await Promise.all(asked.map(took))) {
    expect(status).toBe(503);
    // What a proxy waits for.
    expect(ms).toBeLessThan(35_000);
  }
});

it('leaves the shop as its invariants say', () => expectCleanAudit(database.db));
