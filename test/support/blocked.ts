import { sql } from 'kysely';
import type { Db } from '../../src/database/database.ts';
import { until } from './until.ts';

/** Waits until so many at work on this database wait for another's lock. */
export async function untilBlocked(db: Db, many = 1): Promise<void> {
  await until(
    async () => {
      const { rows } = await sql`
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
      return rows.length === many;
    },
    { what: 'whoever waits for a lock' },
  );
}
