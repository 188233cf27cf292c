import type { Db } from '../../database/database.ts';

/** Units on hand of each of a product's variants. */
export async function onHandOf(db: Db, productId: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('stock_levels')
    .innerJoin('variants', 'variants.id', 'stock_levels.variant_id')
    .select(['stock_levels.variant_id', 'stock_levels.on_hand'])
    .where('variants.product_id', '=', productId)
    .execute();
  return new Map(rows.map(({ variant_id, on_hand }) => [variant_id, on_hand]));
}
