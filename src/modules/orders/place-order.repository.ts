import { type Selectable, sql } from 'kysely';
import { bigints, ints, uuids } from '../../database/arrays.ts';
import { kept } from '../../database/kept-plans.ts';
import type { InTx } from '../../database/together.ts';
import { isErased } from '../../shared/erased.ts';
import type { OrderTables } from './orders.model.ts';
import type { PricedOrder } from './price-orders.service.ts';

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
export async function findOffers(at: InTx, ids: readonly string[]): Promise<OfferRow[]> {
  const named = uuids(ids);
  const { rows } = await sql<OfferRow>`${kept}
    SELECT variants.id AS "variantId", products.id AS "productId", variants.sku, variants.price, variants.currency,
      CASE WHEN variants.title IN ('', 'Default Title', products.title) THEN products.title
        ELSE products.title || ' – ' || variants.title END AS title,
      products.status = 'active' AND variants.archived_at IS NULL AS "forSale"
    FROM variants JOIN products ON products.id = variants.product_id
    WHERE variants.id = ANY (${named}) OR variants.product_id = ANY (${named})`.execute(at);
  return rows;
}

/** Those of some customers who are there, and who are not erased before the transaction ends. */
export async function holdCustomers(at: InTx, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string; email: string }>`${kept}
    SELECT id, email FROM users WHERE id = ANY (${uuids(ids)}) ORDER BY id FOR KEY SHARE`.execute(
    at,
  );
  return new Set(rows.filter(({ email }) => !isErased(email)).map(({ id }) => id));
}

/** The transaction's time, and so many numbers for its orders, which no other will draw. */
export async function begin(at: InTx, count: number): Promise<{ now: Date; drawn: number[] }> {
  // JSON, as the driver reads an array of bigint as texts; the count in a SELECT of its own, as arrays are.
  const { rows } = await sql<{ now: Date; drawn: number[] }>`${kept}
    SELECT now() AS now, to_json(ARRAY(SELECT nextval('order_numbers') FROM generate_series(1, (SELECT ${count}::int)))) AS drawn`.execute(
    at,
  );
  // Of constants there is one row.
  return rows[0] as { now: Date; drawn: number[] };
}

type OrderRow = Selectable<OrderTables['orders']>;
type ItemRow = Selectable<OrderTables['order_items']>;

/** An order with its lines as they are written. */
interface OrderRows {
  readonly row: OrderRow;
  readonly items: readonly ItemRow[];
}

/** The rows of a new order: all that is known of it once it has a number and its times. */
export function rowsOf(
  order: PricedOrder,
  { number, createdAt, reservedUntil }: { number: number; createdAt: Date; reservedUntil: Date },
): OrderRows {
  const row: OrderRow = {
    id: order.id,
    number,
    customer_id: order.customerId,
    status: 'pending',
    stock_state: 'reserved',
    currency: order.currency,
    subtotal: order.subtotal,
    ...{ discount_total: 0, shipping_total: 0, tax_total: 0, refunded_total: 0 },
    total: order.subtotal,
    email: order.email,
    shipping_address: order.shippingAddress,
    reserved_until: reservedUntil,
    created_at: createdAt,
    updated_at: createdAt,
  };
  const items = order.lines.map((line, position) => ({
    order_id: order.id,
    position,
    variant_id: line.variantId,
    product_id: line.productId,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unit_price: line.price,
    total: line.price * line.quantity,
  }));
  return { row, items };
}

/** Writes orders with their lines, in one statement; `created_at` is the transaction's time. */
export async function insertOrders(
  at: InTx,
  orders: readonly OrderRows[],
  reservedUntil: Date,
): Promise<void> {
  if (orders.length === 0) return;
  const of = <T>(column: (row: OrderRow) => T): T[] => orders.map(({ row }) => column(row));
  const items = orders.flatMap((order) => order.items);
  const from = <T>(column: (item: ItemRow) => T): T[] => items.map(column);
  await sql`${kept}
    WITH placed AS (
      INSERT INTO orders
        (id, number, customer_id, status, stock_state, currency, subtotal, total, email, shipping_address, reserved_until)
      SELECT id, number, customer_id, 'pending', 'reserved', currency, subtotal, subtotal, email, shipping_address,
        ${reservedUntil}::timestamptz
      FROM unnest(
        ${uuids(of(({ id }) => id))}, ${bigints(of(({ number }) => number))},
        ${uuids(of((row) => row.customer_id))},
        ${of(({ currency }) => currency)}::text[], ${bigints(of(({ subtotal }) => subtotal))},
        ${of(({ email }) => email)}::text[],
        ${of((row) => row.shipping_address && JSON.stringify(row.shipping_address))}::jsonb[]
      ) AS accepted (id, number, customer_id, currency, subtotal, email, shipping_address)
    )
    INSERT INTO order_items
      (order_id, position, variant_id, product_id, sku, title, quantity, unit_price, total)
    SELECT * FROM unnest(
      ${uuids(from((item) => item.order_id))}, ${ints(from((item) => item.position))},
      ${uuids(from((item) => item.variant_id))}, ${uuids(from((item) => item.product_id))},
      ${from((item) => item.sku)}::text[], ${from((item) => item.title)}::text[],
      ${ints(from((item) => item.quantity))}, ${bigints(from((item) => item.unit_price))},
      ${bigints(from((item) => item.total))})`.execute(at);
}
