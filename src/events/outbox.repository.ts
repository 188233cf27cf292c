import { type Selectable, sql } from 'kysely';
import type { Db } from '../database/database.ts';
import type { EventTables } from './outbox.ts';

export type OutboxRow = Selectable<EventTables['outbox_events']>;

/** Takes or keeps the lease under a name; false while another holds it. Times are the database's own. */
export async function holdLease(
  db: Db,
  name: string,
  holder: string,
  seconds: number,
): Promise<boolean> {
  const result = await sql`
    INSERT INTO relay_leases AS lease (name, holder, held_until)
    VALUES (${name}, ${holder}, now() + make_interval(secs => ${seconds}))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
    WHERE lease.holder = excluded.holder OR lease.held_until < now()
    RETURNING 1`.execute(db);
  return result.rows.length > 0;
}

/** Lets the next one have the lease at once. */
export async function releaseLease(db: Db, name: string, holder: string): Promise<void> {
  await db
    .deleteFrom('relay_leases')
    .where('name', '=', name)
    .where('holder', '=', holder)
    .execute();
}

/** Whether anything is to be sent on. */
export async function isAnyWaiting(db: Db): Promise<boolean> {
  const result = await sql`
    SELECT FROM outbox_events WHERE published_at IS NULL AND dead_at IS NULL LIMIT 1`.execute(db);
  return result.rows.length > 0;
}

/**
 * The oldest events that may be sent on now. A stream whose failed event waits for its next attempt is left out
 * whole, so that nothing overtakes.
 */
export async function nextEvents(db: Db, limit: number): Promise<OutboxRow[]> {
  const rows = await sql<OutboxRow>`
    SELECT * FROM outbox_events AS event
    WHERE published_at IS NULL AND dead_at IS NULL
      AND NOT EXISTS (
        SELECT FROM outbox_events AS earlier
        WHERE earlier.stream_id = event.stream_id AND earlier.sequence <= event.sequence
          AND earlier.published_at IS NULL AND earlier.dead_at IS NULL AND earlier.next_attempt_at IS NOT NULL
          AND earlier.next_attempt_at > now())
    ORDER BY position
    LIMIT ${limit}`.execute(db);
  return rows.rows;
}

/** Notes that events arrived. */
export async function markPublished(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    UPDATE outbox_events
    SET published_at = now(), attempts = attempts + 1, next_attempt_at = NULL, last_error = NULL
    WHERE id = ANY(${ids}::uuid[]) AND published_at IS NULL`.execute(db);
}

/** Notes a failed attempt: when to try again, or, after `most` attempts, that it is given up on. Whether it was. */
export async function markFailed(
  db: Db,
  id: string,
  failure: { error: string; retryAfterMs: number; most: number },
): Promise<boolean> {
  const result = await sql<{ dead: boolean }>`
    UPDATE outbox_events
    SET attempts = attempts + 1, last_error = ${failure.error},
      next_attempt_at = now() + make_interval(secs => ${failure.retryAfterMs} / 1000.0),
      dead_at = CASE WHEN attempts + 1 >= ${failure.most} THEN now() END
    WHERE id = ${id} AND published_at IS NULL
    RETURNING dead_at IS NOT NULL AS dead`.execute(db);
  return result.rows[0]?.dead ?? false;
}
