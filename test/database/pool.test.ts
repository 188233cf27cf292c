import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPool } from '../../src/database/pool.ts';
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
}, 20_000);
