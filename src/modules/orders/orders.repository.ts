import { type Selectable, sql } from 'kysely';
import { isAmong } from '../../database/arrays.ts';
import type { Db } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { Order, OrderStatus, OrderTables } from './orders.model.ts';

type OrderRow = Selectable<OrderTables['orders']>;
type ItemRow = Selectable<OrderTables['order_items']>;

const COLUMNS = [
  'id',
  'number',
  'customer_id',
  'status',
  'stock_state',
  'currency',
  'subtotal',
  'discount_total',
  'shipping_total',
  'tax_total',
  'total',
  'refunded_total',
  'email',
  'shipping_address',
  'reserved_until',
  'created_at',
  'updated_at',
] as const satisfies (keyof OrderRow)[];
const ITEM_COLUMNS = [
  'order_id',
  'position',
  'variant_id',
  'product_id',
  'sku',
  'title',
  'quantity',
  'unit_price',
  'total',
] as const satisfies (keyof ItemRow)[];

/** Whose orders a caller may see; null for all. */
export type Owner = string | null;

/** One order of the owner, or null; somebody else's is null too. */
export async function findOrder(db: Db, owner: Owner, id: string): Promise<Order | null> {
  const rows = await db
    .selectFrom('orders')
    .select(COLUMNS)
    .where('id', '=', id)
    .$if(owner !== null, (query) => query.where('customer_id', '=', owner ?? ''))
    .modifyEnd(kept)
    .execute();
  const [order] = await withItems(db, rows);
  return order ?? null;
}

export interface OrderFilter {
  readonly status?: OrderStatus | undefined;
  /** A whole order number or e-mail address. */
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

async function withItems(db: Db, rows: readonly OrderRow[]): Promise<Order[]> {
  if (rows.length === 0) return [];
  const items = await db
    .selectFrom('order_items')
    .select(ITEM_COLUMNS)
    .where(
      isAmong(
        'order_id',
        rows.map(({ id }) => id),
      ),
    )
    .orderBy('order_id')
    .orderBy('position')
    .modifyEnd(kept)
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
