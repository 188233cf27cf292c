import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Db, inTransaction } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { problemOf } from '../../src/http/problems.ts';
import { createOrderDesk } from '../../src/modules/orders/order-desk.service.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

/** Keeps a variant's stock locked until told to let go. */
async function holdStock(db: Db, variantId: string) {
  let letGo = () => {};
  let locked = () => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const ended = inTransaction(db, async (tx) => {
    await sql`SELECT FROM stock_levels WHERE variant_id = ${variantId} FOR UPDATE`.execute(tx);
    locked();
    await new Promise<void>((resolve) => {
      letGo = resolve;
    });
  });
  await isLocked;
  return async () => {
    letGo();
    await ended;
  };
}

const waiting = async (db: Db) => {
  const { rows } = await sql<{ pid: number }>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'`.execute(
    db,
  );
  return rows.map(({ pid }) => pid);
};

describe('the order desk', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  it('refuses a whole batch at once when its connection is cut, and the same keys order once afterwards', async () => {
    const first = await shop.product({ stock: 1 });
    const second = await shop.product({ stock: 100 });
    const { token } = await shop.customer();
    const freeFirst = await holdStock(shop.db, first.variantId);
    const freeSecond = await holdStock(shop.db, second.variantId);
    const keys = Array.from({ length: 30 }, () => randomUUID());
    const place = (key: string) =>
      shop.order(token, second.variantId, 1, { 'idempotency-key': key });

    const alone = shop.order(token, first.variantId);
    await until(async () => (await waiting(shop.db)).length === 1);
    const batch = keys.map(place);
    const inFlight = async () =>
      Number(/^http_in_flight_requests (\d+)/m.exec((await shop.api('GET', '/metrics')).body)?.[1]);
    // All of them, the one that holds the desk, and the look itself.
    await until(async () => (await inFlight()) >= 32);
    await freeFirst();
    expect((await alone).status).toBe(201);
    await until(async () => (await waiting(shop.db)).length === 1);
    const started = Date.now();
    for (const pid of await waiting(shop.db))
      await sql`SELECT pg_terminate_backend(${pid})`.execute(shop.db);
    for (const { status, body, headers } of await Promise.all(batch)) {
      expect([status, body.code]).toEqual([503, 'service_unavailable']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // A lock is waited for ten.
    expect(Date.now() - started).toBeLessThan(8000);
    await freeSecond();

    const again = await Promise.all(keys.map(place));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(again.map(({ body }) => body.id)).size).toBe(30);
    expect(await shop.available(second)).toBe(70);
  });

  it('refuses those beyond two thousand waiting with 503 and Retry-After', async () => {
    const product = await shop.product({ stock: 1 });
    const { id: customerId, email } = await shop.customer();
    const desk = createOrderDesk(shop.db, { reservationSeconds: 60, metrics: createMetrics() });
    const free = await holdStock(shop.db, product.variantId);
    const place = (variantId: string) =>
      desk.place({
        customerId,
        email,
        items: [{ variantId, quantity: 1 }],
        shippingAddress: null,
        claim: null,
        answersClaim: false,
      });
    const first = place(product.variantId);
    await until(async () => (await waiting(shop.db)).length === 1);
    const queued = Array.from({ length: 2000 }, () => place(randomUUID()));
    const settled = Promise.allSettled(queued);
    await expect(place(randomUUID())).rejects.toMatchObject({
      code: 'service_unavailable',
      retryAfterSeconds: 2,
    });
    await free();
    expect(await first).toMatchObject({ kind: 'placed' });
    expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
  });
});

describe('transactions', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
    await sql`CREATE TABLE pair (id int PRIMARY KEY, n int NOT NULL)`.execute(database.db);
    await sql`INSERT INTO pair VALUES (1, 0), (2, 0)`.execute(database.db);
  });
  afterAll(() => database.drop());

  it('that deadlock both commit, each once', async () => {
    let runs = 0;
    let haveTheirFirst = 0;
    let committed = 0;
    const both = async (first: number, second: number) => {
      await inTransaction(database.db, async (tx) => {
        runs += 1;
        // Run again at once, one could take its row before the other, which waits for that, is awake.
        if (runs > 2) await until(() => committed === 1);
        await sql`UPDATE pair SET n = n + 1 WHERE id = ${first}`.execute(tx);
        haveTheirFirst += 1;
        await until(() => haveTheirFirst >= 2);
        await sql`UPDATE pair SET n = n + 1 WHERE id = ${second}`.execute(tx);
      });
      committed += 1;
    };
    await Promise.all([both(1, 2), both(2, 1)]);
    expect(runs).toBe(3);
    const { rows } = await sql<{ n: number }>`SELECT n FROM pair ORDER BY id`.execute(database.db);
    expect(rows).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it('that fail by themselves are not run again', async () => {
    let runs = 0;
    const work = inTransaction(database.db, async (tx) => {
      runs += 1;
      await sql`SELECT 1 / 0`.execute(tx);
    });
    await expect(work).rejects.toThrow('division by zero');
    expect(runs).toBe(1);
  });
});

describe('trouble of the database', () => {
  it.each([
    ['55P03', 'lock timeout'],
    ['40P01', 'deadlock'],
    ['40001', 'serialization failure'],
    ['57014', 'statement timeout'],
    ['57P01', 'shutdown by an administrator'],
    ['57P02', 'crash'],
    ['57P03', 'starting up'],
    ['08006', 'connection lost'],
    ['53300', 'too many connections'],
    ['53100', 'disk full'],
    ['25P03', 'idle transaction ended'],
    ['25006', 'a server that only reads'],
    ['55000', 'a standby that is asked for its own place in the log'],
    ['ECONNREFUSED', 'no server'],
    ['ECONNRESET', 'connection reset'],
    ['EHOSTUNREACH', 'a machine that is off'],
    ['ENETUNREACH', 'no way there'],
  ])('%s (%s) is a 503 with Retry-After that says nothing of it', (code, message) => {
    const { problem, retryAfterSeconds } = problemOf(
      Object.assign(new Error(message), { code }),
      'correlation',
    );
    expect([problem.status, problem.code]).toEqual([503, 'service_unavailable']);
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(problem.detail).not.toContain(message);
  });

  it.each([
    ['a machine that is not there', 'postgres://shop@255.255.255.255/shop'],
    ['a socket that its server took away', 'postgres:///shop?host=/nowhere'],
  ])('%s is a 503', async (_name, url) => {
    const pool = createPool(url, { max: 1, logger: createLogger('silent') });
    const error = await pool.query('SELECT 1').catch((refused: unknown) => refused);
    await pool.end();
    expect(problemOf(error, 'correlation').problem.status).toBe(503);
  });

  it('that lies in the statement is a 500', () => {
    const { problem } = problemOf(Object.assign(new Error('x'), { code: '42P01' }), 'correlation');
    expect(problem.status).toBe(500);
  });

  it('as the driver throws it is a 503: a pool that is used up or closed, a connection that is cut', async () => {
    const database = await createDatabase();
    const pool = createPool(database.url, { max: 1, logger: createLogger('silent') });
    const caught = (work: Promise<unknown>) => work.catch((error: unknown) => error);
    const client = await pool.connect();
    const usedUp = await caught(pool.query('SELECT 1'));
    const cut = caught(client.query('SELECT pg_sleep(10)'));
    await until(
      async () =>
        (
          await database.pool.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND pid <> pg_backend_pid()`,
          )
        ).rowCount === 1,
    );
    for (const error of [usedUp, await cut, await caught(client.query('SELECT 1'))])
      expect(problemOf(error, 'correlation').problem.status).toBe(503);
    client.release(true);
    await pool.end();
    const closed = await caught(pool.query('SELECT 1'));
    expect(problemOf(closed, 'correlation').problem.status).toBe(503);
    await database.drop();
  });
});
