import { sql } from 'kysely';
import { isAmong } from '../../database/arrays.ts';
import type { Tx } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import type { OrderLine } from '../inventory/inventory.model.ts';
import type { Address, OrderStatus, StockState } from './orders.model.ts';
import type { Owner } from './orders.repository.ts';

/** What placing and settling decide on, read under the row's lock. */
export async function lockOrder(tx: Tx, id: string) {
  return tx
    .selectFrom('orders')
    .select(['id', 'customer_id', 'status', 'total', 'currency', 'email'])
    .select((eb) => eb('reserved_until', '>', sql<Date>`now()`).as('reservation_live'))
    .where('id', '=', id)
    .forUpdate()
    .modifyEnd(kept)
    .executeTakeFirst();
}

/** The lines of orders as units of stock. */
export async function orderLines(tx: Tx, ids: readonly string[]): Promise<OrderLine[]> {
  return tx
    .selectFrom('order_items')
    .select(['order_id as orderId', 'variant_id as variantId', 'quantity'])
    .where(isAmong('order_id', ids))
    .modifyEnd(kept)
    .execute();
}

/** Moves one order on if it is in one of `from`; the answer is whether it was. */
export async function changeStatus(
  tx: Tx,
  owner: Owner,
  id: string,
  change: { from: readonly OrderStatus[]; to: OrderStatus; stock: StockState },
): Promise<boolean> {
  const result = await tx
    .updateTable('orders')
    .set({
      status: change.to,
      stock_state: change.stock,
      reserved_until: null,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('status', 'in', change.from)
    // A fully refunded order gave its units back and can no longer be sent; one whose refund is under way will.
    .$if(change.to === 'fulfilled', (query) =>
      query
        .where('stock_state', '=', 'reserved')
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('payments')
                .whereRef('order_id', '=', 'orders.id')
                .where('settles_order', '=', true)
                .where('refunded_amount', '>', 0)
                .whereRef('refunded_amount', '>=', 'amount'),
            ),
          ),
        ),
    )
    .$if(owner !== null, (query) => query.where('customer_id', '=', owner ?? ''))
    .modifyEnd(kept)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Expires up to `limit` pending orders whose reservation ran out; skips what others hold. Returns their ids. */
export async function expireOverdue(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx
    .updateTable('orders')
    .set({
      status: 'expired',
      stock_state: 'released',
      reserved_until: null,
      updated_at: sql`now()`,
    })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('orders')
        .select('id')
        .where('status', '=', 'pending')
        .where('reserved_until', '<=', sql<Date>`now()`)
        .orderBy('reserved_until')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Changes where a pending order goes. Returns whether there was one. */
export async function changeContact(
  tx: Tx,
  owner: Owner,
  id: string,
  contact: { email?: string | undefined; shippingAddress?: Address | undefined },
): Promise<boolean> {
  const result = await tx
    .updateTable('orders')
    .set({
      ...(contact.email === undefined ? {} : { email: contact.email }),
      ...(contact.shippingAddress === undefined
        ? {}
        : { shipping_address: JSON.stringify(contact.shippingAddress) }),
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('status', 'in', ['pending', 'paid'])
    .$if(owner !== null, (query) => query.where('customer_id', '=', owner ?? ''))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Adds to what was refunded of an order and tells where the order then stands. */
export async function addRefunded(tx: Tx, id: string, amount: number) {
  return tx
    .updateTable('orders')
    .set({ refunded_total: sql`refunded_total + ${amount}`, updated_at: sql`now()` })
    .where('id', '=', id)
    .returning(['total', 'refunded_total', 'stock_state'])
    .executeTakeFirstOrThrow();
}

/** Notes that a fully refunded order's units went back to stock. */
export async function markReleased(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('orders').set({ stock_state: 'released' }).where('id', '=', id).execute();
}
