import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDb } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { openPools, warnOfPooler } from '../../src/database/pools.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

it('a wait for a connection that takes too long fails as a timeout, and the pool goes on', async () => {
  const pool = createPool(database.url, { max: 1, logger: createLogger('silent') });
  const held = await pool.connect();
  const [waited, queried] = await Promise.allSettled([pool.connect(), pool.query('SELECT 1')]);
  expect(waited).toMatchObject({ status: 'rejected', reason: { code: 'ETIMEDOUT' } });
  expect(queried).toMatchObject({ status: 'rejected', reason: { code: 'ETIMEDOUT' } });
  held.release();
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

it('a connection whose transaction could not be rolled back is lent to nobody', async () => {
  const pool = createPool(database.url, { max: 1, logger: createLogger('silent') });
  const client = await pool.connect();
  await client.query('BEGIN');
  client.release();
  const { rows } = await pool.query('SELECT now() = statement_timestamp() AS alone');
  expect([rows[0].alone, pool.totalCount]).toEqual([true, 1]);
  await pool.end();
});

it('where the machine of one server is not there the next one is asked at once', async () => {
  const { port, username, password, pathname } = new URL(database.url);
  const pool = createPool(
    `postgres://${username}:${password}@255.255.255.255:5432,127.0.0.1:${port}${pathname}?target_session_attrs=read-write`,
    { max: 1, logger: createLogger('silent') },
  );
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

it('connections of a pooler without limits of time are warned of, and those with them are not', async () => {
  const said: object[] = [];
  const logger = { ...createLogger('silent'), warn: (facts: object) => said.push(facts) };
  const pools = openPools(
    { databaseUrl: database.url, directDatabaseUrl: () => database.url },
    { max: 2, runsJobs: true, listens: false, logger: createLogger('silent') },
  );
  // Nothing stands between here, and the limits are not sent all the same.
  for (const pool of [pools.pool, pools.sessions]) {
    const db = createDb(pool);
    await warnOfPooler(db, logger as never);
    await db.destroy();
  }
  expect(said).toEqual([
    { lacking: ['idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout'] },
  ]);
});
