import { type Kysely, sql } from 'kysely';

export const phase = 'expand';
export const transaction = false;

/**
 * What is written for every order is written to fewer indexes. `order.placed` is the most frequent type, so its newest
 * are found by walking back through all events. And what a line's product and variant are checked by together.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_events_rarer_type_idx ON outbox_events (type, id)
    WHERE type <> 'order.placed'`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS outbox_events_type_idx`.execute(db);
  await sql`
    CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS variants_id_product_id_key ON variants (id, product_id)`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX CONCURRENTLY IF EXISTS variants_id_product_id_key`.execute(db);
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_events_type_idx ON outbox_events (type, id)`.execute(
    db,
  );
  await sql`DROP INDEX CONCURRENTLY IF EXISTS outbox_events_rarer_type_idx`.execute(db);
}
