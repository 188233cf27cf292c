import { sql } from 'kysely';
import type { Check } from './audit.model.ts';

/** Invariants 2, 3 and 4, as far as orders show them: totals, one order per request, paid orders keep their stock. */
export const orderChecks: readonly Check[] = [
  {
    name: 'order-equals-lines',
    severity: 'finding',
    claim: 'an order has lines, each is price × quantity, and they add up to its total',
    offenders: sql`
      WITH line AS (
        SELECT order_id, sum(total) AS total, bool_or(total <> unit_price * quantity) AS wrong
        FROM order_items GROUP BY order_id
      )
      SELECT 'order ' || id AS subject,
        format('subtotal %s, lines %s, total %s', subtotal, coalesce(line.total::text, 'none'), orders.total) AS detail
      FROM orders LEFT JOIN line ON line.order_id = orders.id
      WHERE line.total IS DISTINCT FROM subtotal OR line.wrong
        OR orders.total <> subtotal - discount_total + shipping_total + tax_total`,
  },
  {
    name: 'order-is-as-placed',
    severity: 'finding',
    claim: 'an order has the number and the total that it was placed with',
    offenders: sql`
      SELECT 'order ' || orders.id AS subject,
        format('number %s, total %s %s; placed as %s', number, total, currency, payload) AS detail
      FROM orders JOIN outbox_events AS placed ON stream_id = orders.id AND type = 'order.placed'
      WHERE ((payload -> 'number')::bigint, (payload #> '{total,amount}')::bigint, payload #>> '{total,currency}')
        IS DISTINCT FROM (number, total, currency::text)`,
  },
  {
    name: 'order-keeps-stock',
    severity: 'finding',
    claim: 'a pending or paid order holds its stock until it is sent, closed or wholly refunded',
    offenders: sql`
      SELECT 'order ' || id AS subject,
        format('%s, stock %s, refunded %s of %s', status, stock_state, refunded_total, total) AS detail
      FROM orders
      WHERE stock_state <> ALL (CASE
        WHEN status IN ('cancelled', 'expired') THEN ARRAY['released']
        WHEN status IN ('fulfilled', 'delivered') THEN ARRAY['shipped']
        WHEN status = 'paid' AND total > 0 AND refunded_total = total THEN ARRAY['released']
        ELSE ARRAY['reserved'] END)`,
  },
  {
    name: 'order-refunded-total',
    severity: 'finding',
    claim:
      'an order’s refunded total is what went back of the payment that paid it, at most its total',
    offenders: sql`
      WITH returned AS (
        SELECT payments.order_id, sum(refunds.amount) AS amount
        FROM refunds JOIN payments ON payments.id = refunds.payment_id
        WHERE refunds.status = 'succeeded' AND settles_order
        GROUP BY payments.order_id
      )
      SELECT 'order ' || id AS subject,
        format('refunded total %s, refunds %s, total %s', refunded_total, coalesce(amount, 0), total) AS detail
      FROM orders LEFT JOIN returned ON returned.order_id = orders.id
      WHERE refunded_total <> coalesce(amount, 0) OR refunded_total > total`,
  },
  {
    name: 'answers-name-what-exists',
    severity: 'finding',
    claim: 'what an idempotency key answered with exists',
    offenders: sql`
      SELECT 'key ' || key AS subject, format('%s of %s answered with %s', route, actor_id, resource_id) AS detail
      FROM idempotency_keys
      WHERE status BETWEEN 200 AND 299 AND NOT CASE
        WHEN route IN ('POST /api/orders', 'POST /api/checkout')
          THEN EXISTS (SELECT FROM orders WHERE orders.id = resource_id)
        WHEN route = 'POST /api/payments' THEN EXISTS (SELECT FROM payments WHERE payments.id = resource_id)
        WHEN route = 'POST /api/orders/:id/refunds' THEN EXISTS (SELECT FROM refunds WHERE refunds.id = resource_id)
        ELSE true END`,
  },
];
