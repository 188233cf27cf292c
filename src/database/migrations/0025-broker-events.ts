import { type Kysely, sql } from 'kysely';

/**
 * What an external broker is still to be sent, and how that goes; its columns are named as those of the outbox. Only
 * a shop that ever had a broker has rows here.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE broker_events (
      id uuid PRIMARY KEY,
      stream_id uuid NOT NULL,
      sequence bigint NOT NULL,
      position bigint NOT NULL,
      published_at timestamptz,
      attempts integer NOT NULL DEFAULT 0,
      next_attempt_at timestamptz,
      dead_at timestamptz,
      last_error text
    )`.execute(db);
  await sql`
    CREATE INDEX broker_events_unpublished_idx ON broker_events (position)
    WHERE published_at IS NULL AND dead_at IS NULL`.execute(db);
  await sql`
    CREATE INDEX broker_events_waiting_idx ON broker_events (stream_id, sequence)
    WHERE published_at IS NULL AND dead_at IS NULL AND next_attempt_at IS NOT NULL`.execute(db);
  await sql`CREATE INDEX broker_events_dead_idx ON broker_events (dead_at) WHERE dead_at IS NOT NULL`.execute(
    db,
  );
  // One row from the first start with a broker on: from then on every event is queued for it.
  await sql`
    CREATE TABLE event_broker (
      only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
      connected_at timestamptz NOT NULL DEFAULT now(),
      -- When what had happened before was queued too.
      past_queued_at timestamptz
    )`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE event_broker, broker_events`.execute(db);
}
