import { sql } from 'kysely';
import type { Db } from '../../src/database/database.ts';

/** What a refused request may change all the same, and why. A column's name stands for it alone. */
const EXEMPT: readonly { table: string; column?: string; operation?: string; why: string }[] = [
  { table: 'trail', why: 'who was refused what, and who failed to sign in, is noted' },
  { table: 'trail_head', why: 'the end of that chain' },
  { table: 'activity', why: 'requests that fail are noted, after their answer' },
  { table: 'sessions', column: 'last_seen_at', why: 'a session is in use whatever is asked' },
  { table: 'api_keys', column: 'last_used_at', why: 'so is a key' },
  {
    table: 'idempotency_keys',
    why: 'a refusal that is final is kept for repetitions of its request',
  },
  { table: 'instances', why: 'a process says once in a while that it lives' },
];

export type Change = { readonly table: string; readonly act: string };

/**
 * Has the database note which tables committed transactions change, so that "nothing changed" is an answer of the
 * database's own: a row for each changed row, made by triggers within the change's transaction.
 */
export async function watchChanges(db: Db) {
  await sql.raw(PREPARATION).execute(db);
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND (table_schema = 'public'
      OR (table_schema, table_name) = ('graphile_worker', '_private_jobs'))`.execute(db);
  for (const { schema, name } of tables) {
    const exemptions = EXEMPT.filter(({ table }) => table === name);
    if (exemptions.some(({ column }) => column === undefined)) continue;
    const columns = exemptions.map(({ column }) => column ?? '');
    await sql`
      CREATE TRIGGER fuzz AFTER INSERT OR DELETE ON ${sql.table(`${schema}.${name}`)}
        FOR EACH ROW EXECUTE FUNCTION fuzz.note();`.execute(db);
    await sql`
      CREATE TRIGGER fuzz_update AFTER UPDATE ON ${sql.table(`${schema}.${name}`)} FOR EACH ROW
        WHEN (to_jsonb(OLD) - ${sql.lit(`{${columns.join()}}`)}::text[]
          IS DISTINCT FROM to_jsonb(NEW) - ${sql.lit(`{${columns.join()}}`)}::text[])
        EXECUTE FUNCTION fuzz.note();`.execute(db);
  }
  let last = 0;

  /** What has changed since this was asked before. */
  return async function changesSince(): Promise<Change[]> {
    const { rows } = await sql<Change & { last: number }>`
      SELECT table_name AS table, act, max(id)::int AS last FROM fuzz.changes
      WHERE id > ${last} GROUP BY table_name, act`.execute(db);
    last = Math.max(last, ...rows.map((row) => row.last));
    return rows.map(({ table, act }) => ({ table, act }));
  };
}

const PREPARATION = `
  CREATE SCHEMA fuzz;
  CREATE TABLE fuzz.changes (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, table_name text NOT NULL, act text NOT NULL
  );
  CREATE FUNCTION fuzz.note() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO fuzz.changes (table_name, act) VALUES (TG_TABLE_NAME, TG_OP);
    RETURN NULL;
  END $$;`;
