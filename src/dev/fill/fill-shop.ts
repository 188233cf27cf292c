import type pg from 'pg';
import { hashPassword } from '../../modules/identity/password.gateway.ts';
import { CATALOGUE_TABLES, fillCatalogue } from './fill-catalogue.ts';
import { fillCustomers, fillOrders, makeWorkTables } from './fill-orders.ts';
import { fillStock, tellBeginnings } from './fill-stock.ts';
import { withoutIndexes } from './indexes.ts';
import { onConnection, type Run } from './run.ts';

export interface Wanted {
  readonly products: number;
  readonly orders: number;
  /** Adds to what is there; otherwise a shop with anything in it is refused. */
  readonly append: boolean;
}

const CHUNK = 25_000;
const ORDERS_OF_A_CUSTOMER = 5;
const YEAR_MS = 365 * 24 * 3600 * 1000;
export const CUSTOMER_PASSWORD = 'mainstay-demo';
const ORDER_TABLES = [
  ...['orders', 'order_items', 'payments', 'refunds', 'ledger_transactions', 'outbox_events'],
  ...['event_streams', 'users'],
];

/**
 * Fills a shop by SQL alone with products and with a year of orders that ends now, all or nothing: a run that was cut
 * short left no trace. What it makes satisfies the audit. @throws Error for a shop with products or orders.
 */
export async function fillShop(
  pool: pg.Pool,
  { products, orders, append }: Wanted,
  say: (line: string) => void,
): Promise<void> {
  await onConnection(pool, async (run) => {
    await run('BEGIN');
    const there = await contentsOf(run);
    if (!append && there.products + there.orders > 0)
      throw new Error('The shop has products or orders: --append adds to them.');
    const fill = () => fillAll(run, { products, orders, append }, there, say);
    // A shop that sells meanwhile keeps its indexes.
    if (append) await fill();
    else await withoutIndexes(run, [...CATALOGUE_TABLES, ...ORDER_TABLES], fill);
    say('indexes are there; the rest is one commit, and statistics');
    await run('COMMIT');
    await run('VACUUM (ANALYZE)');
  });
}

interface Contents {
  readonly products: number;
  readonly orders: number;
  /** Of those numbered here, the last. */
  readonly lastProduct: number;
  readonly lastCustomer: number;
  readonly lastMovement: number;
}

async function contentsOf(run: Run): Promise<Contents> {
  const { rows } = await run(`
    SELECT (SELECT count(*)::int FROM products) AS products, (SELECT count(*)::int FROM orders) AS orders,
      (SELECT coalesce(max(substr(slug, 9)::int), 0) FROM products WHERE slug ~ '^product-[0-9]{1,9}$') AS "lastProduct",
      (SELECT coalesce(max(substring(email from '[0-9]+')::int), 0) FROM users
       WHERE email ~ '^customer-[0-9]{1,9}@seed[.]example$') AS "lastCustomer",
      (SELECT coalesce(max(id), 0)::int FROM stock_movements) AS "lastMovement"`);
  return rows[0];
}

async function fillAll(
  run: Run,
  { products, orders, append }: Wanted,
  there: Contents,
  say: (line: string) => void,
): Promise<void> {
  const last = there.lastProduct + products;
  if (orders > 0 && last === 0) throw new Error('Orders need products: --products 1000');
  if (products > 0)
    await fillCatalogue(run, {
      after: there.lastProduct,
      count: products,
      keysInPlace: append,
    });
  say(`${products} products`);
  const customers = there.lastCustomer + Math.ceil(orders / ORDERS_OF_A_CUSTOMER);
  await fillCustomers(run, {
    from: there.lastCustomer + 1,
    to: customers,
    passwordHash: await hashPassword(CUSTOMER_PASSWORD),
  });
  say(`${customers - there.lastCustomer} customers`);
  await makeWorkTables(run);
  const began = Date.now();
  const stepMs = YEAR_MS / Math.max(orders, 1);
  // The last of an order's steps is some minutes after it.
  const time = { beginMs: began - YEAR_MS - 10 * 60_000, stepMs };
  for (let from = 1; from <= orders; from += CHUNK) {
    const to = Math.min(orders, from + CHUNK - 1);
    await fillOrders(run, { from, to, ...time, products: last, customers });
    const left = ((Date.now() - began) / to) * (orders - to);
    say(`${to} of ${orders} orders, ${Math.ceil(left / 1000)} s left`);
  }
  await fillStock(run, time.beginMs);
  await tellBeginnings(run, there);
}
