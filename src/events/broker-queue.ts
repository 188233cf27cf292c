import { sql } from 'kysely';
import { type Db, inTransaction } from '../database/database.ts';

/**
 * Queues events for the external broker, where the shop ever had one. Whoever hands events to the consumers in the
 * process calls this first, so that a stream is queued in its order.
 */
export async function queueForBroker(db: Db, ids: readonly string[]): Promise<void> {
  await sql`
    INSERT INTO broker_events (id, stream_id, sequence, position)
    SELECT id, stream_id, sequence, position FROM outbox_events
    WHERE id = ANY(${ids}::uuid[]) AND EXISTS (SELECT FROM event_broker)
    ON CONFLICT DO NOTHING`.execute(db);
}

/**
 * Has every event queued for a broker from now on and, once, every one that was recorded before. That is said first,
 * in a transaction of its own: whoever does not see it yet queues nothing that the second one misses.
 */
export async function beginQueueing(db: Db): Promise<void> {
  await sql`INSERT INTO event_broker DEFAULT VALUES ON CONFLICT DO NOTHING`.execute(db);
  const { past_queued_at } = await db
    .selectFrom('event_broker')
    .select('past_queued_at')
    .executeTakeFirstOrThrow();
  if (past_queued_at !== null) return;
  await inTransaction(db, async (tx) => {
    await sql`SET LOCAL statement_timeout = 0`.execute(tx);
    await sql`
      INSERT INTO broker_events (id, stream_id, sequence, position)
      SELECT id, stream_id, sequence, position FROM outbox_events
      ON CONFLICT DO NOTHING`.execute(tx);
    await sql`UPDATE event_broker SET past_queued_at = now()`.execute(tx);
  });
}
