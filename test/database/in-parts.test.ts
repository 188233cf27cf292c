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
