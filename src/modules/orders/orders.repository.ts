import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { OrderLine } from '../inventory/inventory.service.ts';
import type { Address, Order, OrderStatus, OrderTables, StockState } from './orders.model.ts';

type OrderRow = Selectable<OrderTables['orders']>;
type ItemRow = Selectable<OrderTables['order_items']>;

/** Whose orders a caller may see; null for all. */
export type Owner = string | null;

/** One order of the owner, or null; somebody else's is null too. */
export async function findOrder(db: Db, owner: Owner, id: string): Promise<Order | null> {
  const [order] = await ordersByIds(db, owner, [id]);
  return order ?? null;
}

/** The owner's orders among ids, newest first. */
export async function ordersByIds(db: Db, owner: Owner, ids: readonly string[]): Promise<Order[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('id', 'in', ids)
    .$if(owner !== null, (query) => query.where('customer_id', '=', owner ?? ''))
    .orderBy('id', 'desc')
    .execute();
  return withItems(db, rows);
}

export interface OrderFilter {
  readonly status?: OrderStatus | undefined;
  /** Order number, e-mail or id. */
  readonly query?: string | undefined;
}

/** A page of orders, newest first. */
export async function listOrders(
  db: Db,
  owner: Owner,
  filter: OrderFilter,
  page: PageRequest,
): Promise<Page<Order>> {
  const after = lastSeenId(page);
  const words = filter.query?.trim().replace(/^#/, '');
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .$if(owner !== null, (query) => query.where('customer_id', '=', owner ?? ''))
    .$if(filter.status !== undefined, (query) =>
      query.where('status', '=', filter.status ?? 'pending'),
    )
    .$if(Boolean(words), (query) =>
      /^\d{1,15}$/.test(words ?? '')
        ? query.where('number', '=', Number(words))
        : query.where(sql`lower(email)`, '=', (words ?? '').toLowerCase()),
    )
    .$if(after !== null, (query) => query.where('id', '<', after ?? ''))
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [row.id]);
  return { data: await withItems(db, data), nextCursor };
}

/** What placing and settling decide on, read under the row's lock. */
export async function lockOrder(tx: Tx, id: string) {
  return tx
    .selectFrom('orders')
    .select(['id', 'status', 'total', 'currency', 'email'])
    .select((eb) => eb('reserved_until', '>', sql<Date>`now()`).as('reservation_live'))
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** The lines of orders as units of stock. */
export async function orderLines(tx: Tx, ids: readonly string[]): Promise<OrderLine[]> {
  return tx
    .selectFrom('order_items')
    .select(['order_id as orderId', 'variant_id as variantId', 'quantity'])
    .where('order_id', 'in', ids)
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
    // A fully refunded order gave its units back and can no longer be sent.
    .$if(change.to === 'fulfilled', (query) => query.where('stock_state', '=', 'reserved'))
    .$if(owner !== null, (query) => query.where('customer_id', '=', owner ?? ''))
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

async function withItems(db: Db, rows: readonly OrderRow[]): Promise<Order[]> {
  if (rows.length === 0) return [];
  const items = await db
    .selectFrom('order_items')
    .selectAll()
    .where(
      'order_id',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('order_id')
    .orderBy('position')
    .execute();
  const byOrder = Map.groupBy(items, (item) => item.order_id);
  return rows.map((row) => toOrder(row, byOrder.get(row.id) ?? []));
}

/** The wire form of an order. */
export function toOrder(row: OrderRow, items: readonly ItemRow[]): Order {
  const money = (amount: number) => ({ amount, currency: row.currency });
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    currency: row.currency,
    items: items.map((item) => ({
      variantId: item.variant_id,
      sku: item.sku,
      title: item.title,
      quantity: item.quantity,
      unitPrice: money(item.unit_price),
      total: money(item.total),
    })),
    subtotal: money(row.subtotal),
    discountTotal: money(row.discount_total),
    shippingTotal: money(row.shipping_total),
    taxTotal: money(row.tax_total),
    total: money(row.total),
    refundedTotal: money(row.refunded_total),
    email: row.email,
    shippingAddress: row.shipping_address,
    reservedUntil: row.reserved_until?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
