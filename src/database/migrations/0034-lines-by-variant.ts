import { type Kysely, sql } from 'kysely';

export const phase = 'expand';

/**
 * What the key on variant and product says is not checked twice more for each line; lines of a product are found by its
 * variants. The version before finds them without an index, where a product is deleted.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE order_items
      DROP CONSTRAINT order_items_variant_id_fkey,
      DROP CONSTRAINT order_items_product_id_fkey`.execute(db);
  await sql`DROP INDEX order_items_product_id_idx`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX order_items_product_id_idx ON order_items (product_id)`.execute(db);
  await sql`
    ALTER TABLE order_items
      ADD CONSTRAINT order_items_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES variants,
      ADD CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES products`.execute(
    db,
  );
}
