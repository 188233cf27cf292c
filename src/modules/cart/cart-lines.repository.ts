import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import type { ProductImage } from '../catalog/catalog.model.ts';
import type { InventoryPolicy } from '../inventory/inventory.model.ts';

export interface CartItemRow {
  variantId: string;
  quantity: number;
}

/** What a cart shows of each line: the catalogue as it is now. */
export interface CartLineRow extends CartItemRow {
  sku: string;
  title: string;
  variantTitle: string;
  slug: string;
  image: ProductImage | null;
  price: number;
  currency: string;
  onHand: number;
  reserved: number;
  policy: InventoryPolicy;
  forSale: boolean;
}

/** A cart's lines with current names, prices and stock, in the order in which they were added. */
export async function cartLines(db: Db, cartId: string): Promise<CartLineRow[]> {
  const { rows } = await sql<CartLineRow>`${kept}
    SELECT item.variant_id AS "variantId", item.quantity, variants.sku, products.title, variants.title AS "variantTitle",
      products.slug, products.images -> 0 AS image, variants.price, variants.currency,
      level.on_hand AS "onHand", level.reserved, level.policy,
      products.status = 'active' AND variants.archived_at IS NULL AS "forSale"
    FROM cart_items AS item
      JOIN variants ON variants.id = item.variant_id
      JOIN products ON products.id = variants.product_id
      JOIN stock_levels AS level ON level.variant_id = item.variant_id
    WHERE item.cart_id = ${cartId}
    ORDER BY item.added_at, item.variant_id`.execute(db);
  return rows;
}

/** Whether a variant can be put into carts; one that can is not deleted before the transaction ends. */
export async function holdForSale(tx: Tx, variantId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('variants')
    .innerJoin('products', 'products.id', 'variants.product_id')
    .select('variants.id')
    .where('variants.id', '=', variantId)
    .where('variants.archived_at', 'is', null)
    .where('products.status', '=', 'active')
    .forKeyShare('variants')
    .modifyEnd(kept)
    .executeTakeFirst();
  return row !== undefined;
}

/** How full a cart may be. */
export interface Most {
  readonly lines: number;
  /** Of one variant. */
  readonly quantity: number;
}

/** Adds to what is in the locked cart, up to the largest quantity; false where it has no room for another line. */
export async function addQuantity(
  tx: Tx,
  cartId: string,
  { variantId, quantity }: CartItemRow,
  most: Most,
): Promise<boolean> {
  return putIn(tx, cartId, { variantId, quantity: Math.min(quantity, most.quantity) }, most, {
    known: sql`least(cart_items.quantity + excluded.quantity, ${most.quantity}::int)`,
  });
}

/** Sets how many are in the locked cart; none takes the line out. False where it has no room for another line. */
export async function setQuantity(
  tx: Tx,
  cartId: string,
  item: CartItemRow,
  most: Most,
): Promise<boolean> {
  if (item.quantity > 0) return putIn(tx, cartId, item, most, { known: sql`excluded.quantity` });
  await tx
    .deleteFrom('cart_items')
    .where('cart_id', '=', cartId)
    .where('variant_id', '=', item.variantId)
    .execute();
  return true;
}

/** Makes a line, or gives the one that is there the quantity `known`. */
async function putIn(
  tx: Tx,
  cartId: string,
  { variantId, quantity }: CartItemRow,
  most: Most,
  { known }: { known: RawBuilder<number> },
): Promise<boolean> {
  const { numAffectedRows } = await sql`${kept}
    INSERT INTO cart_items (cart_id, variant_id, quantity)
    SELECT ${cartId}::uuid, ${variantId}::uuid, ${quantity}::int
    WHERE (SELECT count(*) FROM cart_items WHERE cart_id = ${cartId}) < ${most.lines}
      OR EXISTS (SELECT FROM cart_items WHERE cart_id = ${cartId} AND variant_id = ${variantId})
    ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = ${known}`.execute(tx);
  return numAffectedRows === 1n;
}

/** Takes ordered units out of a cart; what was added meanwhile stays. */
export async function takeOut(
  tx: Tx,
  cartId: string,
  ordered: readonly CartItemRow[],
): Promise<void> {
  await sql`
    WITH ordered AS (
      SELECT * FROM unnest(
        ${ordered.map((item) => item.variantId)}::uuid[], ${ordered.map((item) => item.quantity)}::int[]
      ) AS ordered (variant_id, quantity)
    ), gone AS (
      DELETE FROM cart_items USING ordered
      WHERE cart_id = ${cartId} AND cart_items.variant_id = ordered.variant_id AND cart_items.quantity <= ordered.quantity
    )
    UPDATE cart_items SET quantity = cart_items.quantity - ordered.quantity
    FROM ordered
    WHERE cart_id = ${cartId} AND cart_items.variant_id = ordered.variant_id AND cart_items.quantity > ordered.quantity`.execute(
    tx,
  );
}
