import { type Kysely, sql } from 'kysely';

/** What a process wrote on the primary's present history: a replica that shows it follows that history. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE instances ADD COLUMN timeline integer NOT NULL DEFAULT 0`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE instances DROP COLUMN timeline`.execute(db);
}
