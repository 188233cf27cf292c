import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE event_streams (
      id uuid PRIMARY KEY,
      last_sequence bigint NOT NULL CHECK (last_sequence > 0)
    ) WITH (fillfactor = 70)`.execute(db);
  await sql`
    ALTER TABLE outbox_events
      ADD COLUMN stream_id uuid,
      ADD COLUMN sequence bigint,
      ADD COLUMN next_attempt_at timestamptz,
      ADD COLUMN dead_at timestamptz,
      ADD COLUMN last_error text`.execute(db);
  // Payments and refunds stand in line with their order.
  await sql`
    UPDATE outbox_events SET stream_id = numbered.stream_id, sequence = numbered.sequence
    FROM (
      SELECT event_id, stream.id AS stream_id, row_number() OVER (PARTITION BY stream.id ORDER BY position) AS sequence
      FROM (
        SELECT outbox_events.id AS event_id, position, coalesce((payload ->> 'orderId')::uuid, aggregate_id) AS id
        FROM outbox_events
      ) AS stream
    ) AS numbered
    WHERE outbox_events.id = numbered.event_id`.execute(db);
  await sql`
    INSERT INTO event_streams
    SELECT stream_id, max(sequence) FROM outbox_events GROUP BY stream_id`.execute(db);
  await sql`
    ALTER TABLE outbox_events
      ALTER COLUMN stream_id SET NOT NULL,
      ALTER COLUMN sequence SET NOT NULL,
      ADD CONSTRAINT outbox_events_in_sequence UNIQUE (stream_id, sequence)`.execute(db);
  // The version before writes neither column: while both run side by side, the database numbers its events.
  await sql`
    CREATE FUNCTION number_event() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.stream_id := coalesce((NEW.payload ->> 'orderId')::uuid, NEW.aggregate_id);
      INSERT INTO event_streams AS known (id, last_sequence) VALUES (NEW.stream_id, 1)
        ON CONFLICT (id) DO UPDATE SET last_sequence = known.last_sequence + 1
        RETURNING last_sequence INTO NEW.sequence;
      RETURN NEW;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER number_event BEFORE INSERT ON outbox_events
    FOR EACH ROW WHEN (NEW.stream_id IS NULL) EXECUTE FUNCTION number_event()`.execute(db);
  await sql`DROP INDEX outbox_events_unpublished_idx`.execute(db);
  await sql`
    CREATE INDEX outbox_events_unpublished_idx ON outbox_events (position)
    WHERE published_at IS NULL AND dead_at IS NULL`.execute(db);
  await sql`CREATE INDEX outbox_events_dead_idx ON outbox_events (dead_at) WHERE dead_at IS NOT NULL`.execute(
    db,
  );
  await sql`
    CREATE INDEX outbox_events_waiting_idx ON outbox_events (stream_id, sequence)
    WHERE published_at IS NULL AND dead_at IS NULL AND next_attempt_at IS NOT NULL`.execute(db);
  // What consumers applied. The position keeps the order in which they did.
  await sql`
    CREATE TABLE inbox_events (
      consumer text NOT NULL,
      event_id uuid NOT NULL,
      stream_id uuid NOT NULL,
      sequence bigint NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      applied_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (consumer, event_id)
    )`.execute(db);
  // Who sends events on: one at a time, for as long as it says so again and again.
  await sql`
    CREATE TABLE relay_leases (
      name text PRIMARY KEY,
      holder uuid NOT NULL,
      held_until timestamptz NOT NULL
    )`.execute(db);
  // Its default is a value of this version; the version before does not read it either.
  await sql`ALTER TABLE outbox_events DROP COLUMN transaction_id`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE relay_leases, inbox_events`.execute(db);
  await sql`DROP TRIGGER number_event ON outbox_events`.execute(db);
  await sql`DROP FUNCTION number_event`.execute(db);
  await sql`
    ALTER TABLE outbox_events
      DROP COLUMN stream_id, DROP COLUMN sequence, DROP COLUMN next_attempt_at, DROP COLUMN dead_at,
      DROP COLUMN last_error,
      ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id()`.execute(db);
  await sql`
    CREATE INDEX outbox_events_unpublished_idx ON outbox_events (transaction_id, position)
    WHERE published_at IS NULL`.execute(db);
  await sql`DROP TABLE event_streams`.execute(db);
}
