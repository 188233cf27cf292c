import { sql } from 'kysely';
import type { Db } from '../database.ts';

/**
 * Drops the indexes that a build outside a transaction left unfinished when it failed or was killed: they are written
 * and never read, and `IF NOT EXISTS` would take one for the index that is wanted. Those that are being built stay.
 */
export async function dropInvalidIndexes(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace
      AND indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index WHERE index_relid IS NOT NULL)`.execute(
    db,
  );
  for (const { name } of rows) await sql`DROP INDEX CONCURRENTLY ${sql.ref(name)}`.execute(db);
}
