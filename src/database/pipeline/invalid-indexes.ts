import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** How often it is looked whether an index is still being built. */
const LOOK_EVERY_MS = 200;

/**
 * Drops the indexes that a build outside a transaction left unfinished when it failed or was killed: they are written
 * and never read, and `IF NOT EXISTS` would take one for the index that is wanted. Waits for builds under way: PostgreSQL
 * goes on with that of a process that was killed, and whoever waits inside PostgreSQL meanwhile is waited for by it.
 */
export async function dropInvalidIndexes(db: Db): Promise<void> {
  while (await isAnyBuilt(db)) await setTimeout(LOOK_EVERY_MS);
  const { rows } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace
      AND indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index WHERE index_relid IS NOT NULL)`.execute(
    db,
  );
  for (const { name } of rows) await sql`DROP INDEX CONCURRENTLY ${sql.ref(name)}`.execute(db);
}

async function isAnyBuilt(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_stat_progress_create_index
    WHERE datname = current_database() AND command = 'CREATE INDEX CONCURRENTLY'`.execute(db);
  return rows.length > 0;
}
