import { type Kysely, sql } from 'kysely';

/**
 * What happened to a payment stands in the stream of its order, by which it is found: an index by aggregate is written
 * twice for each event, and read by nobody.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX outbox_events_aggregate_idx`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX outbox_events_aggregate_idx ON outbox_events (aggregate_id, position)`.execute(
    db,
  );
}
