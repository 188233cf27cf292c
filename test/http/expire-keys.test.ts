import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expireKeys } from '../../src/http/idempotency.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

it('keys past their time go in many small statements, however many there are, and the others stay', async () => {
  const { db } = database;
  await sql`
    CREATE FUNCTION refuse_many() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT count(*) FROM gone) > 10000 THEN RAISE EXCEPTION 'too many at once'; END IF;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER refuse_many AFTER DELETE ON idempotency_keys REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_many()`.execute(db);
  await sql`
    INSERT INTO idempotency_keys (actor_id, route, key, fingerprint, resource_id, created_at)
    SELECT gen_random_uuid(), 'POST /api/orders', n, 'x', gen_random_uuid(),
      now() - CASE WHEN n <= 25000 THEN interval '73 hours' ELSE interval '71 hours' END
    FROM generate_series(1, 25003) AS n`.execute(db);
  await expireKeys(db);
  const { rows } = await sql<{
    key: string;
  }>`SELECT key FROM idempotency_keys ORDER BY key`.execute(db);
  expect(rows.map(({ key }) => key)).toEqual(['25001', '25002', '25003']);
});
