import { sql } from 'kysely';
import type { Db } from '../../src/database/database.ts';
import { until } from './until.ts';

/** Waits until somebody at work on this database waits for another's lock. */
export async function untilBlocked(db: Db): Promise<void> {
  await until(
    async () => {
      const { rows } = await sql`
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
      return rows.length === 1;
    },
    { what: 'whoever waits for a lock' },
  );
}
