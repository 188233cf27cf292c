import { sql } from 'kysely';
import { uuids } from '../database/arrays.ts';
import type { Db } from '../database/database.ts';
import { kept } from '../database/kept-plans.ts';

/**
 * Queues events for the external broker, where the shop ever had one. Whoever hands events to the consumers in the
 * process calls this first, so that a stream is queued in its order.
 */
export async function queueForBroker(db: Db, ids: readonly string[]): Promise<void> {
  await sql`${kept}
    INSERT INTO broker_events (id, stream_id, sequence, position)
    SELECT id, stream_id, sequence, position FROM outbox_events
    WHERE id = ANY(${uuids(ids)}) AND EXISTS (SELECT FROM event_broker)
    ON CONFLICT DO NOTHING`.execute(db);
}

/** Few enough that whoever queues one of them meanwhile waits for a moment. */
const PAST_BATCH = 10_000;

/**
 * Has every event queued for a broker from now on and, once, every one that was recorded before. That is committed
 * first: whoever does not see it yet hands on events that are seen by what comes after.
 */
export async function beginQueueing(db: Db): Promise<void> {
  await sql`INSERT INTO event_broker DEFAULT VALUES ON CONFLICT DO NOTHING`.execute(db);
  const { past_queued_at } = await db
    .selectFrom('event_broker')
    .select('past_queued_at')
    .executeTakeFirstOrThrow();
  if (past_queued_at !== null) return;
  for (let after: string | null = NONE; after !== null; ) after = await queuePast(db, after);
  await sql`UPDATE event_broker SET past_queued_at = now()`.execute(db);
}

/** Below every id. */
const NONE = '00000000-0000-0000-0000-000000000000';

/** Queues the next events by id; returns the last of them, null where there was none. */
async function queuePast(db: Db, after: string): Promise<string | null> {
  const { rows } = await sql<{ last: string | null }>`
    WITH next AS (
      SELECT id, stream_id, sequence, position FROM outbox_events WHERE id > ${after}
      ORDER BY id LIMIT ${PAST_BATCH}
    ), queued AS (
      INSERT INTO broker_events (id, stream_id, sequence, position)
      SELECT id, stream_id, sequence, position FROM next
      ON CONFLICT DO NOTHING
    )
    SELECT (SELECT id FROM next ORDER BY id DESC LIMIT 1) AS last`.execute(db);
  return rows[0]?.last ?? null;
}
