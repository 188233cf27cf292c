import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import type { Queue } from './outbox.repository.ts';

export interface Backlog {
  /** Events that wait to be sent on. */
  readonly waiting: number;
  /** How long the first of them has waited, in seconds; 0 where none does. */
  readonly oldestSeconds: number;
  /** Events that were given up on. */
  readonly dead: number;
}

/** What waits to be sent on. */
export async function readBacklog(db: Db, queue: Queue): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    WITH first AS (
      SELECT id FROM ${sql.table(queue)} WHERE published_at IS NULL AND dead_at IS NULL
      ORDER BY position LIMIT 1
    )
    SELECT (SELECT count(*) FROM ${sql.table(queue)} WHERE published_at IS NULL AND dead_at IS NULL) AS waiting,
      coalesce((SELECT extract(epoch FROM now() - occurred_at) FROM first JOIN outbox_events USING (id)), 0)::float8
        AS "oldestSeconds",
      (SELECT count(*) FROM ${sql.table(queue)} WHERE dead_at IS NOT NULL) AS dead`.execute(db);
  // A SELECT without FROM is always one row.
  return rows[0] as Backlog;
}
