import { any, idAt, idOf, random, rank } from './numbers.ts';
import type { Run } from './run.ts';

export interface OrderRange {
  /** Numbers of the orders, the last included. */
  readonly from: number;
  readonly to: number;
  /** When the first of all was placed, and how long after it the next, in milliseconds. */
  readonly beginMs: number;
  readonly stepMs: number;
  /** Of how many products and customers. */
  readonly products: number;
  readonly customers: number;
}

/** How long the steps of an order take, in milliseconds. */
const MINUTE = 60_000;

/** Customers, numbered, who share one password. */
export async function fillCustomers(
  run: Run,
  { from, to, passwordHash }: { from: number; to: number; passwordHash: string },
): Promise<void> {
  await run(
    `INSERT INTO users (id, email, name, password_hash)
     SELECT ${idOf('n', '200')}, 'customer-' || n || '@seed.example', 'Customer ' || n, $3
     FROM generate_series($1::int, $2::int) AS n`,
    [from, to, passwordHash],
  );
}

/**
 * Orders of one to three lines, most of them delivered, some sent, paid, cancelled, expired or refunded, with their
 * payments, movements of stock and money, and events. What they take of each variant is added to `taken`.
 */
export async function fillOrders(run: Run, range: OrderRange): Promise<void> {
  await run('TRUNCATE drawn, lines');
  await run(drawn(range), [range.from, range.to]);
  await run(lines(range));
  for (const statement of STATEMENTS) await run(statement);
}

/** Tables of the connection that `fillOrders` works with. */
export async function makeWorkTables(run: Run): Promise<void> {
  await run(
    `CREATE TEMP TABLE drawn (
       n bigint, id uuid, ms bigint, customer uuid, email text, status text, stock_state text, refunded boolean)`,
  );
  await run(
    `CREATE TEMP TABLE lines (
       order_id uuid, position int, variant_id uuid, product_id uuid, sku text, title text, quantity int, unit_price bigint)`,
  );
  await run('CREATE TEMP TABLE taken (variant_id uuid, shipped int, held int)');
}

function drawn({ beginMs, stepMs, customers }: OrderRange): string {
  const customer = `1 + ${rank('n', 51, customers)}`;
  return `
    INSERT INTO drawn
    SELECT n, ${idAt('ms', '300', 'n')}, ms, ${idOf(customer, '200')}, 'customer-' || ${customer} || '@seed.example', status,
      CASE WHEN status IN ('fulfilled', 'delivered') THEN 'shipped' WHEN status = 'paid' THEN 'reserved' ELSE 'released' END,
      status = 'delivered' AND ${random('n', 53)} < 0.03
    FROM (
      SELECT n, (${beginMs} + n * ${stepMs}::float8)::bigint AS ms,
        CASE WHEN roll < 0.75 THEN 'delivered' WHEN roll < 0.82 THEN 'fulfilled' WHEN roll < 0.88 THEN 'paid'
          WHEN roll < 0.94 THEN 'cancelled' ELSE 'expired' END AS status
      FROM generate_series($1::bigint, $2::bigint) AS n, LATERAL (SELECT ${random('n', 50)} AS roll) AS thrown
      ORDER BY n
    ) AS numbered`;
}

/** Each line of another variant; the products that come first are ordered most. */
function lines({ products }: OrderRange): string {
  const product = `1 + ${rank('n * 4 + line', 54, products)}`;
  return `
    INSERT INTO lines
    SELECT wanted.id, row_number() OVER (PARTITION BY wanted.id ORDER BY variant_id) - 1, variant_id, product_id, sku,
      products.title || ' – ' || wanted.title, quantity, price
    FROM (
      SELECT DISTINCT ON (drawn.id, variants.id) drawn.id, variants.id AS variant_id, product_id, sku,
        variants.title, price, 1 + ${any('n * 4 + line', 55, 2)} AS quantity
      FROM drawn CROSS JOIN LATERAL generate_series(1, 1 + ${any('n', 56, 3)}) AS line
      JOIN variants ON variants.id = ${idOf(product, `1 + ${any('n * 4 + line', 57, 2)}`)}
    ) AS wanted JOIN products ON products.id = product_id`;
}

const paid = `drawn.status IN ('paid', 'fulfilled', 'delivered')`;
const at = (minutes: number) => `to_timestamp((ms + ${minutes * MINUTE}) / 1000.0)`;
const money = `jsonb_build_object('amount', orders.total, 'currency', 'USD')`;
const ofOrder = `jsonb_build_object('orderId', drawn.id, 'amount', ${money})`;
const ofRefund = `${ofOrder} || '{"origin": "admin"}'`;
const totals =
  '(SELECT order_id, sum(unit_price * quantity)::bigint AS total FROM lines GROUP BY order_id)';
const priced = `drawn JOIN ${totals} AS sums ON sums.order_id = drawn.id`;
const PAYMENT = idAt('ms + 60000', '301', 'n');
const REFUND = idAt('ms + 360000', '302', 'n');

const STATEMENTS = [
  `INSERT INTO orders (id, customer_id, status, stock_state, currency, subtotal, total, refunded_total, email, created_at, updated_at)
   SELECT id, customer, status, stock_state, 'USD', total, total, CASE WHEN refunded THEN total ELSE 0 END, email, ${at(0)}, ${at(6)}
   FROM ${priced} ORDER BY n`,
  `INSERT INTO order_items (order_id, position, variant_id, product_id, sku, title, quantity, unit_price, total)
   SELECT order_id, position, variant_id, product_id, sku, title, quantity, unit_price, unit_price * quantity FROM lines`,
  `INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta, order_id, created_at)
   SELECT variant_id, kind, on_hand, reserved, order_id, happened
   FROM drawn JOIN lines ON order_id = id CROSS JOIN LATERAL (VALUES
     ('reservation', 0, quantity, true, ${at(0)}),
     ('release', 0, -quantity, stock_state = 'released', ${at(2)}),
     ('shipment', -quantity, -quantity, stock_state = 'shipped', ${at(3)})
   ) AS moved (kind, on_hand, reserved, due, happened)
   WHERE due ORDER BY n`,
  `INSERT INTO taken
   SELECT variant_id, sum(quantity) FILTER (WHERE stock_state = 'shipped'),
     sum(quantity) FILTER (WHERE stock_state = 'reserved')
   FROM drawn JOIN lines ON order_id = id WHERE stock_state <> 'released' GROUP BY variant_id`,
  // Paid by other means: of what came through Stripe, Stripe would know nothing.
  `INSERT INTO payments (id, order_id, provider, status, settles_order, amount, currency, refunded_amount, created_at, updated_at)
   SELECT ${PAYMENT}, id, 'manual', 'succeeded', true, total, 'USD', CASE WHEN refunded THEN total ELSE 0 END, ${at(1)}, ${at(1)}
   FROM ${priced} WHERE ${paid}`,
  `INSERT INTO refunds (id, payment_id, order_id, status, origin, amount, currency, reason, created_at, updated_at)
   SELECT ${REFUND}, ${PAYMENT}, id, 'succeeded', 'admin', total, 'USD', 'Sent back', ${at(6)}, ${at(6)}
   FROM ${priced} WHERE refunded`,
  `INSERT INTO ledger_transactions (id, kind, debit_account, credit_account, amount, currency, order_id, payment_id, refund_id, created_at)
   SELECT entry, kind, debit, credit, total, 'USD', id, ${PAYMENT}, refund, ${at(1)}
   FROM ${priced} CROSS JOIN LATERAL (VALUES
     (${idAt('ms + 60000', '303', 'n')}, 'capture', 'manual_receipts', 'sales', NULL::uuid, ${paid}),
     (${idAt('ms + 360000', '304', 'n')}, 'refund_requested', 'sales', 'refunds_pending', ${REFUND}, refunded),
     (${idAt('ms + 360000', '305', 'n')}, 'refund_succeeded', 'refunds_pending', 'manual_receipts', ${REFUND}, refunded)
   ) AS posted (entry, kind, debit, credit, refund, due)
   WHERE due AND total > 0`,
  `INSERT INTO outbox_events (id, aggregate_type, aggregate_id, type, payload, occurred_at, published_at, attempts, stream_id, sequence)
   SELECT ${idAt('ms + nth', '310', 'n')}, split_part(type, '.', 1), subject, type, payload, happened, happened, 1, drawn.id,
     row_number() OVER (PARTITION BY drawn.id ORDER BY nth)
   FROM drawn JOIN orders ON orders.id = drawn.id JOIN (
     SELECT order_id, jsonb_agg(jsonb_build_object('variantId', variant_id, 'quantity', quantity)) AS items
     FROM lines GROUP BY order_id
   ) AS bought ON bought.order_id = drawn.id CROSS JOIN LATERAL (VALUES
     (1, 'order.placed', drawn.id, jsonb_build_object('number', number, 'total', ${money}, 'items', items), true, ${at(0)}),
     (2, 'payment.captured', ${PAYMENT}, ${ofOrder}, ${paid}, ${at(1)}),
     (3, 'order.paid', drawn.id, jsonb_build_object('total', ${money}, 'late', false), ${paid}, ${at(1)}),
     (4, 'order.' || drawn.status, drawn.id, '{}', drawn.stock_state = 'released', ${at(2)}),
     (5, 'order.fulfilled', drawn.id, '{}', drawn.stock_state = 'shipped', ${at(3)}),
     (6, 'order.delivered', drawn.id, '{}', drawn.status = 'delivered', ${at(5)}),
     (7, 'refund.requested', ${REFUND}, ${ofRefund}, refunded, ${at(6)}),
     (8, 'refund.succeeded', ${REFUND}, ${ofRefund}, refunded, ${at(6)})
   ) AS event (nth, type, subject, payload, due, happened)
   WHERE due ORDER BY n, nth`,
  `INSERT INTO event_streams (id, last_sequence)
   SELECT id, CASE status WHEN 'delivered' THEN CASE WHEN refunded THEN 7 ELSE 5 END
     WHEN 'fulfilled' THEN 4 WHEN 'paid' THEN 3 ELSE 2 END FROM drawn`,
];
