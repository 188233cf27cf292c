import { sql } from 'kysely';
import type { Db } from '../database/database.ts';

export interface Backlog {
  /** Events that wait to be sent on. */
  readonly waiting: number;
  /** How long the oldest of them has waited, in seconds; 0 where none does. */
  readonly oldestSeconds: number;
  /** Events that were given up on. */
  readonly dead: number;
}

/** What waits in the outbox. */
export async function readBacklog(db: Db): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    SELECT count(*) AS waiting,
      coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8 AS "oldestSeconds",
      (SELECT count(*) FROM outbox_events WHERE dead_at IS NOT NULL) AS dead
    FROM outbox_events WHERE published_at IS NULL AND dead_at IS NULL`.execute(db);
  // An aggregate without groups is always one row.
  return rows[0] as Backlog;
}
