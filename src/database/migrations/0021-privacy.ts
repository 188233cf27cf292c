import { type Kysely, sql } from 'kysely';

/** Customers who asked to be forgotten, and whether all that follows from it is done. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE erasures (
      user_id uuid PRIMARY KEY REFERENCES users,
      requested_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz
    )`.execute(db);
  // Where the sweep finds old events that still tell of their buyers.
  await sql`ALTER TABLE webhook_events ADD COLUMN buyer_erased_at timestamptz`.execute(db);
  await sql`
    CREATE INDEX webhook_events_buyers_idx ON webhook_events (received_at) WHERE buyer_erased_at IS NULL`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX webhook_events_buyers_idx`.execute(db);
  await sql`ALTER TABLE webhook_events DROP COLUMN buyer_erased_at`.execute(db);
  await sql`DROP TABLE erasures`.execute(db);
}
