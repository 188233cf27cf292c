import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import type { EventType } from './catalogue.ts';
import type { OutboxRow } from './outbox.ts';

/** After this many failed attempts an event is given up on. */
export const MOST_ATTEMPTS = 10;
const BACKOFF_BASE_MS = 200;
const BACKOFF_CAP_MS = 60_000;
const MAX_ERROR_LENGTH = 1000;

/** Whether any event is to be published, now or later. */
export async function isAnyWaiting(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM outbox_events WHERE published_at IS NULL AND dead_at IS NULL LIMIT 1`.execute(db);
  return rows.length > 0;
}

/**
 * The oldest events that may be published now, those of a stream in its order. What follows an event that waits for
 * its next attempt waits with it.
 */
export async function nextEvents(db: Db, limit: number): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    WITH oldest AS (
      SELECT * FROM outbox_events AS event
      WHERE published_at IS NULL AND dead_at IS NULL
        AND NOT EXISTS (
          SELECT FROM outbox_events AS earlier
          WHERE earlier.stream_id = event.stream_id AND earlier.sequence <= event.sequence
            AND earlier.published_at IS NULL AND earlier.dead_at IS NULL AND earlier.next_attempt_at > now())
      ORDER BY position
      LIMIT ${limit}
    )
    SELECT * FROM oldest ORDER BY sequence, position`.execute(db);
  return rows;
}

/** Notes that events were published; returns of how many that was news. */
export async function markPublished(db: Db, ids: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE outbox_events SET published_at = now(), next_attempt_at = NULL, dead_at = NULL
    WHERE id = ANY(${ids}::uuid[]) AND published_at IS NULL`.execute(db);
  return Number(numAffectedRows);
}

export interface FailedAttempt {
  readonly id: string;
  readonly type: EventType;
  readonly correlation_id: string | null;
  readonly attempts: number;
  /** Whether the event is given up on. */
  readonly dead: boolean;
}

/**
 * Notes failed attempts. The next one comes after a random part of a pause that doubles each time; after
 * `MOST_ATTEMPTS` there is none, unless somebody asks for it.
 */
export async function markFailed(
  db: Db,
  failures: readonly { id: string; error: string }[],
): Promise<FailedAttempt[]> {
  // PostgreSQL stores no NUL character.
  const errors = failures.map(({ error }) => error.replaceAll('\0', '').slice(0, MAX_ERROR_LENGTH));
  const { rows } = await sql<FailedAttempt>`
    UPDATE outbox_events AS event SET
      attempts = event.attempts + 1,
      last_error = failed.error,
      next_attempt_at = now() + interval '1 millisecond'
        * random() * least(${BACKOFF_CAP_MS}::int, ${BACKOFF_BASE_MS}::int * 2 ^ least(event.attempts, 20)),
      dead_at = CASE WHEN event.attempts + 1 >= ${MOST_ATTEMPTS} THEN now() END
    FROM unnest(${failures.map(({ id }) => id)}::uuid[], ${errors}::text[]) AS failed (id, error)
    WHERE event.id = failed.id AND published_at IS NULL AND dead_at IS NULL
    RETURNING event.id, event.type, event.correlation_id, event.attempts, event.dead_at IS NOT NULL AS dead`.execute(
    db,
  );
  return rows;
}

/**
 * Has an event that was given up on published after all; false for any other. Its attempts stand, so it gets one
 * more, and keeps the mark of an event that others of its stream went ahead of.
 */
export async function sendAgain(db: Db, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('outbox_events')
    .set({ dead_at: null, next_attempt_at: null })
    .where('id', '=', id)
    .where('dead_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export interface OutboxBacklog {
  /** Events that are to be published. */
  readonly unpublished: number;
  /** How long the oldest of them has waited, in seconds. */
  readonly oldestSeconds: number;
  /** Events that were given up on. */
  readonly dead: number;
}

/** What waits in the outbox. */
export async function outboxBacklog(db: Db): Promise<OutboxBacklog> {
  const { rows } = await sql<OutboxBacklog>`
    SELECT count(*) AS unpublished,
      coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8 AS "oldestSeconds",
      (SELECT count(*) FROM outbox_events WHERE dead_at IS NOT NULL) AS dead
    FROM outbox_events
    WHERE published_at IS NULL AND dead_at IS NULL`.execute(db);
  return rows[0] as OutboxBacklog;
}
