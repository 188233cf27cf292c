import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';

/** Orders placed on each of the last days (UTC, today last), by one range of the index on created_at. */
export async function ordersByDay(
  db: Db,
  days: number,
): Promise<{ day: string; orders: number }[]> {
  const { rows } = await sql<{ day: string; orders: number }>`
    WITH placed AS (
      SELECT date_trunc('day', created_at, 'UTC') AS day, count(*) AS orders
      FROM orders
      WHERE created_at >= ${firstDay(days)}
      GROUP BY 1
    )
    SELECT to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, coalesce(placed.orders, 0)::int AS orders
    FROM generate_series(${firstDay(days)}, ${firstDay(1)}, interval '24 hours') AS day
      LEFT JOIN placed USING (day)
    ORDER BY day`.execute(db);
  return rows;
}

/**
 * Money taken for orders less what was given back of it, by the day it came in (UTC) and currency. A payment is made
 * when its money comes in, but for one that was announced: of that the ledger knows.
 */
export async function revenueByDay(
  db: Db,
  days: number,
): Promise<{ day: string; currency: string; amount: number }[]> {
  const { rows } = await sql<{ day: string; currency: string; amount: number }>`
    SELECT to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, currency, amount
    FROM (
      SELECT date_trunc('day', came_at, 'UTC') AS day, currency, sum(kept)::bigint AS amount
      FROM (
        SELECT currency, amount - refunded_amount AS kept,
          CASE WHEN announced_at IS NULL THEN created_at ELSE (
            SELECT capture.created_at FROM ledger_transactions AS capture
            WHERE capture.payment_id = payments.id AND capture.kind = 'capture') END AS came_at
        FROM payments
        WHERE status = 'succeeded' AND settles_order AND (created_at >= ${firstDay(days)}
          OR (announced_at IS NOT NULL AND updated_at >= ${firstDay(days)}))
      ) AS paid
      WHERE came_at >= ${firstDay(days)}
      GROUP BY 1, 2
    ) AS taken
    ORDER BY 1, 2`.execute(db);
  return rows;
}

export interface OpenWork {
  readonly unsent: number;
  readonly parked: number;
  readonly failing: number;
  readonly tasks: number;
  readonly errors: number;
}

/** How much waits for a person, each counted up to `limit`, so that a long queue costs no more than a short one. */
export async function countOpenWork(db: Db, limit: number): Promise<OpenWork> {
  const { rows } = await sql<OpenWork>`
    SELECT
      (SELECT count(*)::int FROM (
        SELECT FROM orders WHERE status = 'paid' AND stock_state = 'reserved' LIMIT ${limit}) AS counted) AS unsent,
      (SELECT count(*)::int FROM (
        SELECT FROM webhook_events WHERE state = 'parked' LIMIT ${limit}) AS counted) AS parked,
      (SELECT count(*)::int FROM (
        SELECT FROM webhook_events WHERE state = 'received' AND attempts > 0 LIMIT ${limit}) AS counted) AS failing,
      (SELECT count(*)::int FROM (
        SELECT FROM admin_tasks WHERE state = 'open' LIMIT ${limit}) AS counted) AS tasks,
      (SELECT count(*)::int FROM (
        SELECT FROM admin_tasks WHERE state = 'open' AND severity = 'error' LIMIT ${limit}) AS counted) AS errors`.execute(
    db,
  );
  return rows[0] ?? { unsent: 0, parked: 0, failing: 0, tasks: 0, errors: 0 };
}

export interface LowStock {
  readonly variant_id: string;
  readonly product_title: string;
  readonly title: string;
  readonly available: number;
}

/**
 * Variants on sale that run out, the fewest first, of as few the newest; those sold beyond their stock never do. Stock
 * levels are put in order by themselves, so that only what is shown is looked up of all that is sold out.
 */
export async function lowestStock(
  db: Db,
  { atMost, limit }: { atMost: number; limit: number },
): Promise<LowStock[]> {
  return db
    .selectFrom((eb) =>
      eb
        .selectFrom('stock_levels')
        .select(['variant_id', sql<number>`on_hand - reserved`.as('available')])
        .where('policy', '=', 'deny')
        .where(sql<boolean>`on_hand - reserved <= ${atMost}`)
        .orderBy('available')
        .orderBy('variant_id', 'desc')
        .as('low'),
    )
    .innerJoin('variants', 'variants.id', 'low.variant_id')
    .innerJoin('products', 'products.id', 'variants.product_id')
    .select(['low.variant_id', 'products.title as product_title', 'variants.title'])
    .select('low.available')
    .where('variants.archived_at', 'is', null)
    .where('products.status', '=', 'active')
    .orderBy('low.available')
    .orderBy('low.variant_id', 'desc')
    .limit(limit)
    .execute();
}

/** The beginning of the day (UTC) that makes so many days with today. */
function firstDay(days: number) {
  return sql<Date>`(date_trunc('day', now(), 'UTC') - make_interval(hours => ${(days - 1) * 24}::int))`;
}
