import { type Kysely, sql } from 'kysely';

export const phase = 'expand';
export const transaction = false;

/**
 * What is rare among many is listed without walking past all others: Stripe's events that were ignored or closed, and
 * what waits for one endpoint of webhooks. An event that is applied, as nearly all are, is in no index more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE INDEX CONCURRENTLY IF NOT EXISTS webhook_events_set_aside_idx
    ON webhook_events (state, received_at DESC, event_id DESC) WHERE state IN ('ignored', 'closed')`.execute(
    db,
  );
  await sql`
    CREATE INDEX CONCURRENTLY IF NOT EXISTS webhook_deliveries_waiting_idx
    ON webhook_deliveries (endpoint_id, id) WHERE state = 'pending'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX CONCURRENTLY IF EXISTS webhook_deliveries_waiting_idx`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS webhook_events_set_aside_idx`.execute(db);
}
