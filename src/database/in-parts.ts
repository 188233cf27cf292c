import { type RawBuilder, sql } from 'kysely';
import type { Db, Tables } from './database.ts';

const AT_ONCE = 5000;

/**
 * Deletes the rows of a table that are past their time, so many a statement: what one statement could not end within
 * its limit would be more for the next one, for good. One that somebody holds is left for the next time. Whether a row
 * is past its time is asked again where its `ctid` leads, which names a row in each part of a partitioned table; with
 * IS TRUE no index answers that anew.
 */
export async function deleteInParts(
  db: Db,
  table: keyof Tables,
  isPast: RawBuilder<boolean>,
): Promise<void> {
  let deleted = 0n;
  do {
    const { numAffectedRows } = await sql`
      DELETE FROM ${sql.table(table)} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ${sql.table(table)} WHERE ${isPast} LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED))
      AND (${isPast}) IS TRUE`.execute(db);
    deleted = numAffectedRows ?? 0n;
  } while (deleted >= BigInt(AT_ONCE));
}
