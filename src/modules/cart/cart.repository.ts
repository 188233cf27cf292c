import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { deleteInParts } from '../../database/in-parts.ts';
import { kept } from '../../database/kept-plans.ts';
import { newId } from '../../shared/ids.ts';
import type { Most } from './cart-lines.repository.ts';

/** Whose cart: a customer's, or a guest's by the hash of their cookie. */
export type CartOwner = { readonly customerId: string } | { readonly tokenHash: Buffer };

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
export function deleteStale(db: Db, days: number): Promise<void> {
  return deleteInParts(
    db,
    'carts',
    sql`customer_id IS NULL AND updated_at < now() - make_interval(days => ${days})`,
  );
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
