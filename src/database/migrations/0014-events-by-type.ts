import { type Kysely, sql } from 'kysely';

/** Events of one type are listed newest first; ids are in the order of time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX outbox_events_type_idx ON outbox_events (type, id)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX outbox_events_type_idx`.execute(db);
}
