import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deleteInParts } from '../../src/database/in-parts.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

it('a row that somebody is changing is left, and not waited for; those past their time go', async () => {
  const { db } = database;
  const [touched, stale] = [randomUUID(), randomUUID()];
  await sql`
    INSERT INTO carts (id, token_hash, updated_at)
    SELECT id::uuid, id::bytea, now() - interval '90 days' FROM unnest(${[touched, stale]}::text[]) AS id`.execute(
    db,
  );
  const left = () => db.selectFrom('carts').select('id').execute();
  const sweep = () => deleteInParts(db, 'carts', sql`updated_at < now() - interval '30 days'`);
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('carts')
      .set({ updated_at: sql`now()` })
      .where('id', '=', touched)
      .execute();
    await sweep();
    expect(await left()).toEqual([{ id: touched }]);
  });
  await sweep();
  expect(await left()).toEqual([{ id: touched }]);
});

it('of a partitioned table, rows at the same places of other partitions stay', async () => {
  const { db } = database;
  await sql`ALTER TABLE activity RENAME TO activity_past`.execute(db);
  await sql`CREATE TABLE activity (LIKE activity_past) PARTITION BY RANGE (id)`.execute(db);
  const [first, middle, last] = ['0', '8', 'f'].map((digit) => randomUUID().replace(/^./, digit));
  await sql`
    ALTER TABLE activity ATTACH PARTITION activity_past FOR VALUES FROM (MINVALUE) TO (${sql.lit(middle)})`.execute(
    db,
  );
  await sql`
    CREATE TABLE activity_now PARTITION OF activity FOR VALUES FROM (${sql.lit(middle)}) TO (MAXVALUE)`.execute(
    db,
  );
  for (const id of [first, last])
    await sql`
      INSERT INTO activity (id, at, kind, name, outcome, duration_ms, correlation_id)
      VALUES (${id}, now(), 'job', 'sweep', 'ok', 1, 'x')`.execute(db);
  await deleteInParts(db, 'activity', sql`id < ${middle}::uuid`);
  expect(await db.selectFrom('activity').select('id').execute()).toEqual([{ id: last }]);
});
