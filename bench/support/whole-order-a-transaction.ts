import { createHash, randomInt, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { newId } from '../../src/shared/ids.ts';
import { type OneByOne, rateOf, setUp } from './one-by-one.ts';

const VARIANTS = 1000;
const COPIED = [
  ...['idempotency_keys', 'stock_levels', 'stock_movements', 'orders', 'order_items'],
  ...['event_streams', 'outbox_events'],
];
/** As the shop's tables have them; a copy of a table has none. */
const REFERENCES = [
  ['orders', 'customer_id', 'public.users'],
  ['order_items', 'order_id', 'whole.orders'],
  ['order_items', 'variant_id, product_id', 'public.variants (id, product_id)'],
  ['stock_movements', 'variant_id', 'public.variants'],
];

/** Copies of the shop's tables, with their checks, indexes and foreign keys, in a schema of their own. */
export function createCopies(url: string): Promise<void> {
  return setUp(
    url,
    `CREATE SCHEMA whole;
    ${COPIED.map((table) => `CREATE TABLE whole.${table} (LIKE public.${table} INCLUDING ALL);`).join('\n')}
    ${REFERENCES.map(([table, column, other]) => `ALTER TABLE whole.${table} ADD FOREIGN KEY (${column}) REFERENCES ${other};`).join('\n')}
    INSERT INTO users (id, email, name, password_hash)
    VALUES (uuidv7(), 'one-by-one@example.test', 'One by one', 'none');
    CREATE TABLE whole.goods AS
    SELECT (row_number() OVER ())::int AS n, variants.id, product_id, price, variants.currency, users.id AS customer_id
    FROM variants, users WHERE users.email = 'one-by-one@example.test' LIMIT ${VARIANTS};
    ALTER TABLE whole.goods ADD PRIMARY KEY (n);
    INSERT INTO whole.stock_levels (variant_id, on_hand) SELECT id, 1000000000 FROM whole.goods`,
  );
}

/**
 * Orders a second where each is a transaction of the rows that the shop's orders are: key with its answer, stock and
 * its movement, order, line, stream and event. Nothing is decided, priced or answered over HTTP.
 */
export function placeWholeOneByOne(url: string, { seconds, hot }: OneByOne): Promise<number> {
  return rateOf(url, seconds, (client) => placeOne(client, hot ? 1 : randomInt(1, VARIANTS + 1)));
}

async function placeOne(client: pg.Client, n: number): Promise<void> {
  const id = newId();
  const run = (name: string, text: string, values: unknown[]) =>
    client.query({ name, text, values });
  await client.query('BEGIN');
  const { rows } = await run('price', 'SELECT * FROM whole.goods WHERE n = $1', [n]);
  const { id: variantId, product_id, price, currency, customer_id } = rows[0];
  const key = [customer_id, 'POST /api/orders', randomUUID()];
  await run(
    'key',
    'INSERT INTO whole.idempotency_keys (actor_id, route, key, fingerprint, resource_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
    [...key, createHash('sha256').update(variantId).digest('hex'), id],
  );
  await run(
    'take',
    'UPDATE whole.stock_levels SET reserved = reserved + 1, updated_at = now() WHERE variant_id = $1 AND on_hand - reserved >= 1',
    [variantId],
  );
  await run(
    'move',
    `INSERT INTO whole.stock_movements (variant_id, kind, on_hand_delta, reserved_delta, order_id) VALUES ($1, 'reservation', 0, 1, $2)`,
    [variantId, id],
  );
  const placed = await run(
    'order',
    `INSERT INTO whole.orders (id, customer_id, status, stock_state, currency, subtotal, total, email, reserved_until)
      VALUES ($1, $2, 'pending', 'reserved', $3, $4, $4, 'one-by-one@example.test', now() + interval '1 day')
      RETURNING number, created_at`,
    [id, customer_id, currency, price],
  );
  await run(
    'line',
    'INSERT INTO whole.order_items (order_id, position, variant_id, product_id, sku, title, quantity, unit_price, total) VALUES ($1, 0, $2, $3, $4, $5, 1, $6, $6)',
    [id, variantId, product_id, 'sku', 'Plenty – 1', price],
  );
  await run(
    'stream',
    'INSERT INTO whole.event_streams AS known (id, last_sequence) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET last_sequence = known.last_sequence + 1',
    [id],
  );
  const items = [{ variantId, quantity: 1 }];
  await run(
    'event',
    `INSERT INTO whole.outbox_events (id, stream_id, sequence, aggregate_type, aggregate_id, type, payload, correlation_id)
      VALUES ($1, $2, 1, 'order', $2, 'order.placed', $3, $4)`,
    [
      newId(),
      id,
      JSON.stringify({ number: 1, total: { amount: price, currency }, items }),
      newId(),
    ],
  );
  await run(
    'answer',
    'UPDATE whole.idempotency_keys SET status = 201, body = $4 WHERE actor_id = $1 AND route = $2 AND key = $3',
    [...key, answerOf(id, { ...rows[0], ...placed.rows[0] })],
  );
  await client.query('COMMIT');
}

/** Of the size that the shop's answers have. */
function answerOf(id: string, row: { price: number; currency: string; created_at: Date }): string {
  const money = { amount: Number(row.price), currency: row.currency };
  return JSON.stringify({
    ...{ ...row, id, status: 'pending', email: 'one-by-one@example.test', shippingAddress: null },
    items: [
      { variantId: id, sku: 'sku', title: 'Plenty – 1', quantity: 1, unitPrice: money, money },
    ],
    ...{ subtotal: money, discountTotal: money, shippingTotal: money, taxTotal: money },
    ...{ total: money, refundedTotal: money, reservedUntil: row.created_at },
    ...{ createdAt: row.created_at, updatedAt: row.created_at },
  });
}
