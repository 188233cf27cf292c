import { type RawBuilder, sql } from 'kysely';
import type { Db, Tables } from './database.ts';

const AT_ONCE = 5000;

/**
 * Deletes the rows of a table that are past their time, so many a statement: what one statement could not end within
 * its limit would be more for the next one, for good. One that somebody holds is left for the next time: nothing waits
 * for them, and none goes that is not past its time once they are done, which before 15.15 PostgreSQL did not look at.
 */
export async function deleteInParts(
  db: Db,
  table: keyof Tables,
  isPast: RawBuilder<boolean>,
): Promise<void> {
  let deleted: bigint | undefined;
  do {
    const { numAffectedRows } = await sql`
      DELETE FROM ${sql.table(table)} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ${sql.table(table)} WHERE ${isPast} LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED))`.execute(
      db,
    );
    deleted = numAffectedRows;
  } while (deleted === BigInt(AT_ONCE));
}
