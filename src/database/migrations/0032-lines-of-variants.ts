import { type Kysely, sql } from 'kysely';

export const phase = 'expand';

/** A line's variant is one of its product: one key says so, and that both exist. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE order_items ADD CONSTRAINT order_items_variant_of_product_fkey
    FOREIGN KEY (variant_id, product_id) REFERENCES variants (id, product_id) NOT VALID`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE order_items DROP CONSTRAINT order_items_variant_of_product_fkey`.execute(
    db,
  );
}
