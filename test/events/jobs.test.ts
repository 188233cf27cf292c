import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { enqueueEach, enqueueJob } from '../../src/events/jobs.ts';
import { untilBlocked } from '../support/blocked.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

describe('a job that is enqueued while a worker takes the one before under its key', () => {
  const first = { by: 'the first' };
  const second = { by: 'the second' };

  it.each([
    ['by itself', (key: string) => enqueueJob(database.db, 'work', second, { jobKey: key })],
    [
      'with others',
      (key: string) =>
        enqueueEach(
          database.db,
          'work',
          sql`SELECT ${key} AS key, ${JSON.stringify(second)}::json AS payload, NULL AS queue, now() AS run_at`,
        ),
    ],
  ])(
    'is another one, enqueued %s: that one has begun on the state of before',
    async (key, again) => {
      const { db } = database;
      await enqueueJob(db, 'work', first, { jobKey: key });
      let enqueued: Promise<unknown> | undefined;
      await inTransaction(db, async (tx) => {
        await sql`
        UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'a worker', attempts = 1
        WHERE key = ${key}`.execute(tx);
        enqueued = again(key);
        await untilBlocked(db);
      });
      await enqueued;
      const { rows } = await sql`
      SELECT key, payload ->> 'by' AS by, locked_by FROM graphile_worker._private_jobs
      WHERE key = ${key} OR locked_by IS NOT NULL ORDER BY id`.execute(db);
      expect(rows).toEqual([
        { key: null, by: 'the first', locked_by: 'a worker' },
        { key, by: 'the second', locked_by: null },
      ]);
      await sql`DELETE FROM graphile_worker._private_jobs`.execute(db);
    },
  );
});

it('many are enqueued under the same keys by two who name them in another order', async () => {
  const { db } = database;
  const enqueue = (...keys: string[]) =>
    enqueueEach(
      db,
      'work',
      sql`SELECT key, '{}'::json AS payload, NULL AS queue, now() AS run_at FROM unnest(${keys}::text[]) AS key`,
    );
  let both: Promise<unknown> | undefined;
  await inTransaction(db, async (tx) => {
    await enqueueJob(tx, 'work', {}, { jobKey: 'b' });
    const one = enqueue('a', 'b', 'c');
    await untilBlocked(db);
    both = Promise.all([one, enqueue('c', 'a')]);
    await untilBlocked(db, 2);
  });
  await both;
  const { rows } = await sql`SELECT key FROM graphile_worker._private_jobs ORDER BY key`.execute(
    db,
  );
  expect(rows).toEqual([{ key: 'a' }, { key: 'b' }, { key: 'c' }]);
});
