import { type Kysely, sql } from 'kysely';

/** Since when Stripe may know a refund by its key; and what the repair sweep looks for, found without a scan. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE refunds ADD COLUMN sent_at timestamptz`.execute(db);
  await sql`CREATE INDEX checkout_sessions_creating_idx ON checkout_sessions (created_at) WHERE status = 'creating'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX checkout_sessions_creating_idx`.execute(db);
  await sql`ALTER TABLE refunds DROP COLUMN sent_at`.execute(db);
}
