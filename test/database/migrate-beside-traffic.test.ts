import type { Socket } from 'node:net';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createDb } from '../../src/database/database.ts';
import { migrateDown, migrateUp, migrationStatus, migrations } from '../../src/database/migrate.ts';
import type { SchemaMigration } from '../../src/database/pipeline/migration.ts';
import { PATIENCE, pauseAfter } from '../../src/database/pipeline/patience.ts';
import type { Run } from '../../src/database/pipeline/run.ts';
import { createPool } from '../../src/database/pool.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const NAME = '9999-planted';
const patience = { ...PATIENCE, lockTimeoutMs: 200, firstPauseMs: 50, longestPauseMs: 200 };

/** Runs the shop's migrations and one more. */
function withPlanted(planted: SchemaMigration, run: Partial<Run> = {}): Partial<Run> {
  return { migrations: { ...migrations, [NAME]: planted }, patience, ...run };
}

const columnOfOrders: SchemaMigration = {
  phase: 'expand',
  up: (db) => execute(db, 'ALTER TABLE orders ADD COLUMN gift boolean NOT NULL DEFAULT false'),
  down: (db) => execute(db, 'ALTER TABLE orders DROP COLUMN gift'),
};
const indexOfOrders: SchemaMigration = {
  phase: 'expand',
  transaction: false,
  up: (db) => execute(db, 'CREATE INDEX CONCURRENTLY IF NOT EXISTS planted_idx ON orders (total)'),
  down: (db) => execute(db, 'DROP INDEX CONCURRENTLY IF EXISTS planted_idx'),
};

async function execute(db: Kysely<unknown>, statement: string): Promise<void> {
  await sql.raw(statement).execute(db);
}

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop?.stop());

async function connected(name = 'somebody') {
  const client = new pg.Client({ connectionString: shop.databaseUrl, application_name: name });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Somebody whose transaction has read the orders, and stays open. */
async function longReader() {
  const client = await connected('a long report');
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM orders');
  return { end: () => client.query('ROLLBACK') };
}

/** Customers who look at their orders and place new ones, until told to stop; what each request came to. */
async function traffic() {
  const { variantId } = await shop.product({ stock: 100_000 });
  const { token } = await shop.customer();
  const answers: { status: number; ms: number }[] = [];
  let going = true;
  const go = async (ask: () => Promise<{ status: number }>) => {
    while (going) {
      const began = performance.now();
      const { status } = await ask();
      answers.push({ status, ms: performance.now() - began });
    }
  };
  const all = Promise.all([
    go(() => shop.order(token, variantId)),
    go(() => shop.api('GET', '/api/orders', { token })),
  ]);
  return {
    answers,
    async stop() {
      going = false;
      await all;
    },
  };
}

const isApplied = async () =>
  (await shop.db
    .selectFrom(sql<{ name: string }>`schema_migrations`.as('applied'))
    .select('name')
    .where('name', '=', NAME)
    .executeTakeFirst()) !== undefined;

describe('a migration that needs a lock while somebody reads for long', () => {
  it('lets the traffic go on, tries again, and succeeds once the reader has ended', async () => {
    const reader = await longReader();
    const shoppers = await traffic();
    const tries: number[] = [];
    const run = withPlanted(columnOfOrders, {
      patience: { ...patience, mostTries: 1000 },
      onRetry: () => tries.push(shoppers.answers.length),
    });
    const migrated = migrateUp(shop.db, run);
    await until(() => tries.length >= 4 && Number(tries.at(-1)) > Number(tries[0]) + 4, {
      what: 'four tries with requests answered between them',
    });
    expect(await isApplied()).toBe(false);
    await reader.end();
    expect(await migrated).toEqual([NAME]);
    await shoppers.stop();
    // Behind a migration that waits for the reader they would have waited for the reader too, and failed.
    expect(shoppers.answers.filter(({ status }) => status >= 400)).toEqual([]);
    expect(await migrateDown(shop.db, run)).toBe(NAME);
  });

  it('gives up after its tries, says who is in the way, and leaves nothing behind', async () => {
    await longReader();
    const run = withPlanted(columnOfOrders, { patience: { ...patience, mostTries: 3 } });
    await expect(migrateUp(shop.db, run)).rejects.toThrow(
      /^9999-planted was not applied: .* each of 3 tries.* process \d+ \(a long report\) for \d+ s/s,
    );
    expect(await isApplied()).toBe(false);
    await shop.db.selectFrom('orders').select('id').limit(1).execute();
  });
});

describe('a migration outside a transaction', () => {
  it('that is killed leaves an invalid index, which the next try builds again, alone', async () => {
    const reader = await longReader();
    const killed = migrateUp(shop.db, withPlanted(indexOfOrders)).catch((error) => error);
    await until(async () => (await building.execute(shop.db)).rows.length === 1);
    await sql`SELECT pg_terminate_backend(${(await building.execute(shop.db)).rows[0]?.pid})`.execute(
      shop.db,
    );
    expect(await killed).toBeInstanceOf(Error);
    expect(await planted()).toEqual([{ valid: false }]);

    // Two instances at once: the one that waits for the other must not be waited for by its index.
    const both = [1, 2].map(() => migrateUp(shop.db, withPlanted(indexOfOrders)));
    await until(async () => (await building.execute(shop.db)).rows.length === 1);
    await reader.end();
    expect((await Promise.all(both)).toSorted()).toEqual([[], [NAME]]);
    expect(await planted()).toEqual([{ valid: true }]);
    expect(await migrateDown(shop.db, withPlanted(indexOfOrders))).toBe(NAME);
  });

  it('that PostgreSQL goes on with when its process was killed ends before the next try begins', async () => {
    const writer = await connected();
    await writer.query('BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE');
    const doomed = doomedProcess();
    const killed = migrateUp(doomed.db, withPlanted(indexOfOrders)).catch((error) => error);
    await until(async () => (await building.execute(shop.db)).rows.length === 1);
    doomed.kill();
    expect(await killed).toBeInstanceOf(Error);
    const next = migrateUp(shop.db, withPlanted(indexOfOrders));
    await until(async () => (await waitsForIt.execute(shop.db)).rows.length > 0);
    await writer.query('ROLLBACK');
    expect(await next).toEqual([NAME]);
    expect(await planted()).toEqual([{ valid: true }]);
    expect(await migrateDown(shop.db, withPlanted(indexOfOrders))).toBe(NAME);
  });

  it('that a process was at when it began to stand still keeps nobody waiting once it is built', async () => {
    const writer = await connected();
    await writer.query('BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE');
    const doomed = doomedProcess();
    const run = withPlanted(indexOfOrders, { patience: { ...patience, goneAfterMs: 1000 } });
    const frozen = migrateUp(doomed.db, run).catch((error) => error);
    await until(async () => (await building.execute(shop.db)).rows.length === 1);
    doomed.freeze();
    await writer.query('ROLLBACK');
    expect(await migrateUp(shop.db, run)).toEqual([NAME]);
    expect(await planted()).toEqual([{ valid: true }]);
    doomed.kill();
    expect(await frozen).toBeInstanceOf(Error);
    expect(await migrateDown(shop.db, run)).toBe(NAME);
  });

  const building = sql<{ pid: number }>`
    SELECT pid FROM pg_stat_activity WHERE query LIKE '% INDEX CONCURRENTLY%' AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'`;
  /** Who asks whether it is built still, or has waited for its lock for longer than PostgreSQL looks for deadlocks. */
  const waitsForIt = sql`
    SELECT FROM pg_stat_activity
    WHERE (wait_event = 'advisory' AND query_start < now() - interval '2 seconds')
      OR (query LIKE '%command = %' AND query NOT LIKE '%pg_stat_activity%')`;

  /** Connections of a process that a signal ends at once, as the server sees it. */
  function doomedProcess() {
    const pool = createPool(shop.databaseUrl, { max: 2, logger: createLogger('silent') });
    const sockets: Socket[] = [];
    // `pg` does not declare it.
    pool.on('connect', (client) =>
      sockets.push((client as unknown as { connection: { stream: Socket } }).connection.stream),
    );
    pool.on('error', () => undefined);
    return {
      db: createDb(pool),
      freeze() {
        for (const socket of sockets) socket.pause();
      },
      kill() {
        for (const socket of sockets) socket.destroy();
      },
    };
  }

  const planted = async () =>
    (
      await sql`SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('planted_idx')`.execute(
        shop.db,
      )
    ).rows;
});

it('a version on a schema with more migrations than it knows starts, and changes nothing', async () => {
  const run = withPlanted(columnOfOrders);
  await migrateUp(shop.db, run);
  expect(await migrateUp(shop.db)).toEqual([]);
  await expect(migrateDown(shop.db)).rejects.toThrow(/9999-planted/);
  expect((await migrationStatus(shop.db)).every(({ appliedAt }) => appliedAt !== null)).toBe(true);
  await migrateDown(shop.db, run);
});

it('pauses grow, differ, and have an end', () => {
  const pauses = [1, 2, 3, 10].map((tries) => pauseAfter(tries, PATIENCE));
  for (const [index, most] of [500, 1000, 2000, 8000].entries()) {
    expect(pauses[index]).toBeGreaterThanOrEqual(most / 2);
    expect(pauses[index]).toBeLessThanOrEqual(most);
  }
  expect(pauseAfter(1, PATIENCE)).not.toBe(pauseAfter(1, PATIENCE));
});
