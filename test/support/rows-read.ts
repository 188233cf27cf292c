import { sql } from 'kysely';
import type { Db, Tx } from '../../src/database/database.ts';

/** How many rows of a table some work reads, by its indexes or without. */
export function rowsRead(
  db: Db,
  table: string,
  work: (tx: Tx) => Promise<unknown>,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const before = await readSoFar(tx, table);
    await work(tx);
    return (await readSoFar(tx, table)) - before;
  });
}

async function readSoFar(tx: Tx, table: string): Promise<number> {
  const { rows } = await sql<{ rows: number }>`
    SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows
    FROM pg_stat_xact_user_tables WHERE relname = ${table}`.execute(tx);
  return rows[0]?.rows ?? 0;
}
