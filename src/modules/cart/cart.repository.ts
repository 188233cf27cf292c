import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import { newId } from '../../shared/ids.ts';
import type { ProductImage } from '../catalog/catalog.model.ts';
import type { InventoryPolicy } from '../inventory/inventory.model.ts';

/** Whose cart: a customer's, or a guest's by the hash of their cookie. */
export type CartOwner = { readonly customerId: string } | { readonly tokenHash: Buffer };

export interface CartItemRow {
  variantId: string;
  quantity: number;
}

/** The owner's cart id, or null where they have none yet. */
export async function findCart(db: Db, owner: CartOwner): Promise<string | null> {
  const row = await ofOwner(db, owner).select('id').modifyEnd(kept).executeTakeFirst();
  return row?.id ?? null;
}

/** The key under which the owner's cart is ordered, or null where they have none yet. */
export async function findOrderKey(db: Db, owner: CartOwner): Promise<string | null> {
  const row = await ofOwner(db, owner)
    .select((eb) => eb.fn.coalesce('order_key', 'id').as('key'))
    .executeTakeFirst();
  return row?.key ?? null;
}

/** The owner's cart under its lock, made where there is none: whoever changes a cart does so alone. */
export async function lockCart(tx: Tx, owner: CartOwner): Promise<string> {
  for (;;) {
    await tx
      .insertInto('carts')
      .values({
        id: newId(),
        customer_id: 'customerId' in owner ? owner.customerId : null,
        token_hash: 'tokenHash' in owner ? owner.tokenHash : null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .modifyEnd(kept)
      .execute();
    const row = await ofOwner(tx, owner)
      .select('id')
      .forUpdate()
      .modifyEnd(kept)
      .executeTakeFirst();
    if (row) return row.id;
    // A guest's cart that was merged away meanwhile: a new one is made.
  }
}

function ofOwner(db: Db, owner: CartOwner) {
  const carts = db.selectFrom('carts');
  return 'customerId' in owner
    ? carts.where('customer_id', '=', owner.customerId)
    : carts.where('token_hash', '=', owner.tokenHash);
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
interface Most {
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

/** Gives a cart that was ordered under `key` its next one; null when that was done before. */
export async function renewOrderKey(
  tx: Tx,
  customerId: string,
  key: string,
): Promise<string | null> {
  const row = await tx
    .updateTable('carts')
    .set({ order_key: newId() })
    .where('customer_id', '=', customerId)
    .where((eb) => eb(eb.fn.coalesce('order_key', 'id'), '=', key))
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
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

/**
 * Moves a guest's lines into a customer's locked cart, adding up, and ends the guest's cart. Of what is new there, the
 * last added are left out where it has no room. Safe to repeat and to race.
 */
export async function mergeCarts(
  tx: Tx,
  fromHash: Buffer,
  into: string,
  most: Most,
): Promise<void> {
  // Locked in a statement before: the next one then sees every line that was added until now.
  const guest = await ofOwner(tx, { tokenHash: fromHash })
    .select('id')
    .forUpdate()
    .executeTakeFirst();
  if (!guest) return;
  // Of a product that is being deleted nothing is left once its end was waited for.
  await sql`
    WITH carried AS MATERIALIZED (
      SELECT variant_id, quantity, added_at FROM cart_items JOIN variants ON variants.id = variant_id
      WHERE cart_id = ${guest.id}
      ORDER BY variant_id FOR KEY SHARE OF variants
    ), own AS (
      SELECT variant_id FROM cart_items WHERE cart_id = ${into}
    )
    INSERT INTO cart_items (cart_id, variant_id, quantity, added_at)
    SELECT ${into}::uuid, variant_id, quantity, added_at FROM carried WHERE variant_id IN (TABLE own)
    UNION ALL (
      SELECT ${into}::uuid, variant_id, quantity, added_at FROM carried WHERE variant_id NOT IN (TABLE own)
      ORDER BY added_at, variant_id LIMIT greatest(0, ${most.lines}::int - (SELECT count(*) FROM own)))
    ON CONFLICT (cart_id, variant_id)
      DO UPDATE SET quantity = least(cart_items.quantity + excluded.quantity, ${most.quantity}::int)`.execute(
    tx,
  );
  await tx.deleteFrom('carts').where('id', '=', guest.id).execute();
}

/** Removes a customer's cart with what is in it. */
export async function deleteCartOf(tx: Tx, customerId: string): Promise<void> {
  await tx.deleteFrom('carts').where('customer_id', '=', customerId).execute();
}

/** Guests' carts nobody touched for so many days. */
export async function deleteStale(db: Db, days: number): Promise<void> {
  await sql`
    DELETE FROM carts
    WHERE customer_id IS NULL AND updated_at < now() - make_interval(days => ${days})`.execute(db);
}

export async function touch(tx: Tx, cartId: string): Promise<void> {
  await tx
    .updateTable('carts')
    .set({ updated_at: sql`now()` })
    .where('id', '=', cartId)
    .modifyEnd(kept)
    .execute();
}

export async function countItems(db: Db, owner: CartOwner): Promise<number> {
  const cart = await findCart(db, owner);
  if (cart === null) return 0;
  const row = await db
    .selectFrom('cart_items')
    .select((eb) => eb.fn.sum<number>('quantity').as('count'))
    .where('cart_id', '=', cart)
    .modifyEnd(kept)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}
