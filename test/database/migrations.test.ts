import { describe, expect, it, onTestFinished } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { createDb } from '../../src/database/database.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../src/database/migrate.ts';
import { alone } from '../../src/database/pipeline/lock.ts';
import { createPool } from '../../src/database/pool.ts';
import { prepareSchema } from '../../src/database/schema.ts';
import { freePort } from '../../src/dev/free-port.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { untilBlocked } from '../support/blocked.ts';
import { runEntry } from '../support/process.ts';
import { startShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { createEmptyDatabase, insertSample, schemaShape } from './support.ts';

async function emptyDatabase() {
  const database = await createEmptyDatabase();
  onTestFinished(() => database.drop());
  return database;
}

describe('the schema', () => {
  it('goes up, all the way down with data in it, and up again to the same', async () => {
    const { db, pool } = (await emptyDatabase()).open();
    const untouched = await schemaShape(pool);
    const names = await migrateUp(db);
    const shape = await schemaShape(pool);
    await insertSample(pool);

    const backwards: string[] = [];
    for (let taken = await migrateDown(db); taken !== null; taken = await migrateDown(db))
      backwards.push(taken);
    expect(backwards).toEqual(names.toReversed());
    const left = await schemaShape(pool);
    expect(left.filter((line) => !line.includes('schema_migrations'))).toEqual(untouched);

    expect(await migrateUp(db)).toEqual(names);
    expect(await schemaShape(pool)).toEqual(shape);
  });

  it('loses nothing when the migrations run again', async () => {
    const { db, pool } = (await emptyDatabase()).open();
    await migrateUp(db);
    await insertSample(pool);
    expect(await migrateUp(db)).toEqual([]);
    const { rows } = await pool.query('SELECT count(*)::int AS orders FROM orders');
    expect(rows).toEqual([{ orders: 1 }]);
  });

  it('is migrated once by instances that start together', async () => {
    const database = await emptyDatabase();
    const applied = await Promise.all(
      Array.from({ length: 5 }, () => migrateUp(database.open().db)),
    );
    const names = (await migrationStatus(database.open().db)).map(({ name }) => name);
    expect(applied.flat().toSorted()).toEqual(names);
  });

  it('lets nobody look for migrations while the job queue’s own run, which change tables too', async () => {
    const database = await emptyDatabase();
    const { pool } = database.open();
    await prepareSchema(pool);
    const locker = await pool.connect();
    await locker.query('BEGIN; LOCK TABLE graphile_worker.migrations');
    const other = database.open();
    const preparing = prepareSchema(other.pool);
    await untilBlocked(other.db);
    const { rows } =
      await locker.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    await locker.query('ROLLBACK');
    locker.release();
    expect(await preparing).toEqual([]);
    expect(rows).toHaveLength(1);
  });

  it('is not waited for where the one that migrates was cut off or stands still', async () => {
    const database = await emptyDatabase();
    const { db, pool } = database.open();
    const url = new URL(database.url);
    const proxy = await TcpProxy.start(Number(url.port));
    onTestFinished(() => proxy.close());
    url.port = String(proxy.port);
    const logger = createLogger('silent');
    const cutOff = createPool(url.toString(), { max: 2, logger, statementTimeoutMs: 0 });
    const migrating = Promise.withResolvers<void>();
    const held = alone(createDb(cutOff), () => migrating.promise, 1000).catch(() => {});
    const locks = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    await until(async () => (await pool.query(locks)).rows.length === 1);
    proxy.impair({ blackHole: true });
    expect(await alone(db, async () => 'done')).toBe('done');
    await proxy.close();
    migrating.resolve();
    await held;
    await cutOff.end();
  });

  it('is there before a process that starts listens, so none is ready on an older one', async () => {
    const database = await emptyDatabase();
    const { db, pool } = database.open();
    const migrating = Promise.withResolvers<void>();
    const other = alone(db, () => migrating.promise);
    const port = await freePort();
    const ready = () => fetch(`http://127.0.0.1:${port}/health/ready`).then(({ status }) => status);
    const given = { url: database.url, db, drop: async () => undefined };
    const starting = startShop({ PORT: String(port) }, { role: 'web', database: given });
    const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database()
      AND pid <> pg_backend_pid() AND query LIKE '%SELECT pg_try_advisory_lock%'`;
    await until(async () => (await pool.query(waits)).rows.length > 0, { what: 'a start' });
    await expect(ready()).rejects.toThrow('fetch failed');
    migrating.resolve();
    await other;
    const shop = await starting;
    onTestFinished(() => shop.stop());
    expect(await ready()).toBe(200);
    expect((await migrationStatus(db)).filter(({ appliedAt }) => appliedAt === null)).toEqual([]);
  });
});

describe('the migrate commands', () => {
  it('apply, tell, and take back one step', async () => {
    const { url: DATABASE_URL, open } = await emptyDatabase();
    const run = (action: string) => runEntry('migrate.ts', [action], { DATABASE_URL });

    const up = await run('up');
    expect(up.code).toBe(0);
    const names = (await migrationStatus(open().db)).map(({ name }) => name);
    for (const name of names) expect(up.out).toContain(`applied    ${name}`);

    const last = names.at(-1);
    expect(await run('down')).toMatchObject({ code: 0, out: `taken back ${last}\n` });
    const status = await run('status');
    expect(status.code).toBe(0);
    expect(status.out).toMatch(new RegExp(`not applied +${last}\\n$`));

    const plan = await run('plan');
    expect(plan.code).toBe(2);
    expect(plan.out).toMatch(new RegExp(`^${last}  .*\\n(.*\\n)*?.* -- .*\\n`));
    // Where several servers are named it is looked at on the one that takes writes.
    const several = DATABASE_URL.replace('@', '@127.0.0.1:9,');
    expect(await runEntry('migrate.ts', ['plan'], { DATABASE_URL: several })).toMatchObject({
      ...{ code: 2, out: plan.out },
    });
    await run('up');
    expect(await run('plan')).toMatchObject({ code: 0, out: 'The schema is up to date.\n' });
  });

  it('refuse what they do not know with exit code 1', async () => {
    const { url: DATABASE_URL } = await emptyDatabase();
    const { code, err } = await runEntry('migrate.ts', ['sideways'], { DATABASE_URL });
    expect(code).toBe(1);
    expect(err).toMatch(/^Usage: npm run migrate/);
  });

  it('say what is wrong with a database that is not there', async () => {
    const { code, err } = await runEntry('migrate.ts', ['up'], {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    });
    expect(code).toBe(1);
    expect(err).toContain('ECONNREFUSED');
  });
});
