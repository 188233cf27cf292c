import { type Kysely, sql } from 'kysely';

export const phase = 'expand';

/** Checks the key that 0032 added, apart from it: writers do not wait for this. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`SET LOCAL statement_timeout = 0`.execute(db);
  await sql`ALTER TABLE order_items VALIDATE CONSTRAINT order_items_variant_of_product_fkey`.execute(
    db,
  );
}

/** A key that was checked needs no way back. */
export async function down(): Promise<void> {}
