import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../src/database/pool.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { expectCleanAudit } from '../support/clean.ts';
import {
  type PostgresServer,
  type ReplicaSet,
  startReplicaSet,
} from '../support/postgres-server.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { addressOf, databaseOf, isRead, metric } from './support.ts';

// Two processes on a primary and a standby that it waits for with every commit, both in the address; a second standby
// answers reads.
let servers: ReplicaSet;
let one: TestShop;
let two: TestShop;
let after: ReturnType<typeof databaseOf>;
const standby = (at: number) => servers.standbys[at] as PostgresServer;

beforeAll(async () => {
  servers = await startReplicaSet(2);
  const { primary } = servers;
  await primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby_1'");
  await primary.query('SELECT pg_reload_conf()');
  await until(
    async () =>
      (await primary.query("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")).length > 0,
  );
  after = databaseOf(standby(0));
  const database = { ...databaseOf(primary), url: addressOf(primary, standby(0)) };
  await database.db.destroy();
  const env = { DATABASE_REPLICA_URLS: standby(1).url, PUBLIC_URL: 'http://localhost:5004' };
  // What the shops' tests look at when they stop is on the standby by then.
  const given = { ...database, db: after.db };
  one = await startShop(env, { database: given });
  two = await startShop(env, { role: 'web', database: given });
  await until(() => isRead(two));
});
afterAll(async () => {
  await one?.stop();
  await two?.stop();
  await after?.db.destroy();
  await servers?.stop();
});

interface Attempt {
  readonly key: string;
  readonly status: number;
  readonly id: string | undefined;
  readonly retryAfter: string | null;
}

/** Customers who place one order after the other until they are told to stop. */
function keepOrdering(shops: readonly TestShop[], tokens: readonly string[], variantId: string) {
  const attempts: Attempt[] = [];
  let stopped = false;
  const customers = tokens.map(async (token, at) => {
    const shop = shops[at % shops.length] as TestShop;
    while (!stopped) attempts.push(await place(shop, token, variantId, randomUUID()));
  });
  return {
    attempts,
    placed: () => attempts.filter(({ status }) => status === 201).length,
    async stop() {
      stopped = true;
      await Promise.all(customers);
    },
  };
}

async function place(shop: TestShop, token: string, variantId: string, key: string) {
  const { status, body, headers } = await shop.order(token, variantId, 1, {
    'idempotency-key': key,
  });
  return { key, status, id: body.id, retryAfter: headers.get('retry-after') };
}

describe('a promotion while orders are placed', () => {
  it('loses no order that was acknowledged, and answers 503 with Retry-After in between', async () => {
    const { token } = await one.customer();
    const product = await one.product({ stock: 100_000 });
    const load = keepOrdering([one, two], Array(6).fill(token), product.variantId);
    await until(() => load.placed() > 30);
    // It lacks what comes now, so that it can follow whoever is promoted.
    await standby(1).stop('fast');
    const without = load.placed();
    await until(() => load.placed() > without + 10);

    await servers.primary.stop('immediate');
    await until(() => load.attempts.some(({ status }) => status === 503));
    await standby(0).promote();
    const before = load.placed();
    await until(() => load.placed() > before + 30);
    await load.stop();

    const others = load.attempts.filter(({ status }) => status !== 201);
    expect(others.filter(({ status, retryAfter }) => status !== 503 || !retryAfter)).toEqual([]);
    const placed = load.attempts.filter(({ status }) => status === 201);
    const found = await after.db.selectFrom('orders').select('id').execute();
    const ids = new Set(found.map(({ id }) => id));
    expect(placed.filter(({ id }) => !ids.has(String(id)))).toEqual([]);

    // Whoever was answered 503 asks again with the same key: each has one order in the end, whatever had happened.
    for (const { key } of others)
      expect(await place(two, token, product.variantId, key)).toMatchObject({ status: 201 });
    const { count } = await after.db
      .selectFrom('orders')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(load.attempts.length);
    await expectCleanAudit(after.db);
  });

  it('has jobs and events go on, and takes payments', async () => {
    const { token } = await two.customer();
    const product = await two.product();
    const { body } = await two.order(token, product.variantId);
    await one.pay(token, body.id);
    await until(async () => {
      const { rows } = await sql<{ waiting: number }>`
        SELECT count(*) AS waiting FROM outbox_events WHERE published_at IS NULL`.execute(after.db);
      return rows[0]?.waiting === 0;
    });
  });

  it('has nobody read from a standby of the old history, until it follows the new one', async () => {
    await standby(1).start();
    await until(async () => (await metric(two, 'database_replica_lag_bytes{')) > 0);
    expect(await isRead(two)).toBe(false);
    const { token } = await one.customer();
    const listed = await two.api('GET', '/api/orders', { token });
    expect(listed.status).toBe(200);
    expect(await metric(two, 'database_reads_total{', 'reason="no_replica"')).toBeGreaterThan(0);
    await standby(1).follow(standby(0));
    await until(() => isRead(two));
    const answered = await metric(two, 'database_reads_total{', 'target="replica"');
    // Not from memory, as anybody's would be, and again where the replica was not there in time.
    await until(async () => {
      const products = await two.api('GET', '/api/products', { token });
      expect(products.body.data.length).toBeGreaterThan(0);
      return (await metric(two, 'database_reads_total{', 'target="replica"')) > answered;
    });
  });

  it('leaves a server that came back and only reads, at the start of a connection and later', async () => {
    const { primary } = servers;
    await primary.start();
    const pool = createPool(addressOf(primary, standby(0)), {
      max: 2,
      logger: createLogger('silent'),
    });
    const port = async () => (await pool.query('SHOW port')).rows[0].port;
    // It still takes writes: nobody but who runs it can know better.
    expect(await port()).toBe(String(primary.port));
    await primary.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await primary.query('SELECT pg_reload_conf()');
    await until(async () => (await port().catch(() => '')) === String(standby(0).port));
    await pool.end();
    const anew = createPool(addressOf(primary, standby(0)), {
      max: 2,
      logger: createLogger('silent'),
    });
    expect((await anew.query('SHOW port')).rows[0].port).toBe(String(standby(0).port));
    await anew.end();
  });
});
