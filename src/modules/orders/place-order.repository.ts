import { type Selectable, sql } from 'kysely';
import type { Tx } from '../../database/database.ts';
import { isErased } from '../../shared/erased.ts';
import type { Order, OrderTables } from './orders.model.ts';
import { toOrder } from './orders.repository.ts';
import type { PricedOrder } from './place-order.service.ts';

export interface OfferRow {
  variantId: string;
  productId: string;
  title: string;
  sku: string;
  price: number;
  currency: string;
  /** Whether shoppers may buy it now. */
  forSale: boolean;
}

/** What the shop asks for variants, named by their own ids or by those of their products, at this moment. */
export async function findOffers(tx: Tx, ids: readonly string[]): Promise<OfferRow[]> {
  const { rows } = await sql<OfferRow>`
    SELECT variants.id AS "variantId", products.id AS "productId", variants.sku, variants.price, variants.currency,
      CASE WHEN variants.title IN ('', 'Default Title', products.title) THEN products.title
        ELSE products.title || ' – ' || variants.title END AS title,
      products.status = 'active' AND variants.archived_at IS NULL AS "forSale"
    FROM variants JOIN products ON products.id = variants.product_id
    WHERE variants.id = ANY (${ids}::uuid[]) OR variants.product_id = ANY (${ids}::uuid[])`.execute(
    tx,
  );
  return rows;
}

/** Those of some customers who are there, and who are not erased before the transaction ends. */
export async function holdCustomers(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string; email: string }>`
    SELECT id, email FROM users WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR KEY SHARE`.execute(
    tx,
  );
  return new Set(rows.filter(({ email }) => !isErased(email)).map(({ id }) => id));
}

/** Writes accepted orders with their lines and gives them as they now are. */
export async function insertOrders(
  tx: Tx,
  orders: readonly PricedOrder[],
  reservationSeconds: number,
): Promise<Order[]> {
  const rows = await tx
    .insertInto('orders')
    .values(
      orders.map((order) => ({
        id: order.id,
        customer_id: order.customerId,
        status: 'pending' as const,
        stock_state: 'reserved' as const,
        currency: order.currency,
        subtotal: order.subtotal,
        total: order.subtotal,
        email: order.email,
        shipping_address: order.shippingAddress ? JSON.stringify(order.shippingAddress) : null,
        reserved_until: sql<Date>`now() + make_interval(secs => ${reservationSeconds})`,
      })),
    )
    .returningAll()
    .execute();
  const items: Selectable<OrderTables['order_items']>[] = orders.flatMap((order) =>
    order.lines.map((line, position) => ({
      order_id: order.id,
      position,
      variant_id: line.variantId,
      product_id: line.productId,
      sku: line.sku,
      title: line.title,
      quantity: line.quantity,
      unit_price: line.price,
      total: line.price * line.quantity,
    })),
  );
  await tx.insertInto('order_items').values(items).execute();
  const byOrder = Map.groupBy(items, (item) => item.order_id);
  return rows.map((row) => toOrder(row, byOrder.get(row.id) ?? []));
}
