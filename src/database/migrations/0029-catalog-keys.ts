import { type Kysely, sql } from 'kysely';

/** Checks the keys that 0027 and 0028 added, apart from them: writers do not wait for this. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`SET LOCAL statement_timeout = 0`.execute(db);
  for (const table of ['product_search', 'product_facets']) {
    // Of products that were deleted while the table was filled.
    await sql`
      DELETE FROM ${sql.ref(table)}
      WHERE NOT EXISTS (SELECT FROM products WHERE id = product_id)`.execute(db);
    await sql`
      ALTER TABLE ${sql.ref(table)}
        VALIDATE CONSTRAINT ${sql.ref(`${table}_product_id_fkey`)}`.execute(db);
  }
}

/** A key that was checked needs no way back. */
export async function down(): Promise<void> {}
