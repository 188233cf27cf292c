import { type Kysely, sql } from 'kysely';

/** How many connections each process may open. One of the version before has ten, unless it was told otherwise. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE instances
      ADD COLUMN connections integer NOT NULL DEFAULT 10 CHECK (connections >= 0)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE instances DROP COLUMN connections`.execute(db);
}
