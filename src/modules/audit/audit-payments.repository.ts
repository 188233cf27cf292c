import { sql } from 'kysely';
import type { Check } from './audit.model.ts';

/** Invariants 2 and 4, as far as money shows them: one charge per order, refunds within it, nothing kept. */
export const paymentChecks: readonly Check[] = [
  {
    name: 'order-paid-once',
    severity: 'finding',
    claim:
      'a paid order has exactly one payment that settled it, of exactly its total; others have none',
    offenders: sql`
      WITH settling AS (
        SELECT order_id, count(*) AS payments, sum(amount) AS amount, min(currency) AS currency
        FROM payments WHERE settles_order
        GROUP BY order_id
      )
      SELECT 'order ' || id AS subject,
        format('%s, total %s %s, settled by %s payments of %s %s', status, total, orders.currency,
          coalesce(payments, 0), coalesce(amount, 0), coalesce(settling.currency, '')) AS detail
      FROM orders LEFT JOIN settling ON settling.order_id = orders.id
      WHERE CASE WHEN status IN ('paid', 'fulfilled', 'delivered')
        THEN payments IS DISTINCT FROM 1 OR amount <> total OR settling.currency <> orders.currency
        ELSE payments IS NOT NULL END`,
  },
  {
    name: 'payment-is-order-total',
    severity: 'finding',
    claim: 'a payment that came in or is expected is of the total of its order',
    offenders: sql`
      SELECT 'payment ' || payments.id AS subject,
        format('%s, %s %s, order %s costs %s %s', payments.status, amount, payments.currency, order_id, total,
          orders.currency) AS detail
      FROM payments JOIN orders ON orders.id = payments.order_id
      WHERE payments.status IN ('pending', 'succeeded') AND (amount <> total OR payments.currency <> orders.currency)`,
  },
  {
    name: 'payment-refunds-add-up',
    severity: 'finding',
    claim:
      'what is set aside of a payment is its pending and succeeded refunds, at most what was captured',
    offenders: sql`
      WITH given AS (
        SELECT payment_id, sum(amount) AS amount
        FROM refunds WHERE status IN ('pending', 'succeeded')
        GROUP BY payment_id
      )
      SELECT 'payment ' || id AS subject,
        format('%s of %s, set aside %s, refunds %s', status, payments.amount, refunded_amount,
          coalesce(given.amount, 0)) AS detail
      FROM payments LEFT JOIN given ON given.payment_id = payments.id
      WHERE refunded_amount <> coalesce(given.amount, 0)
        OR refunded_amount > CASE status WHEN 'succeeded' THEN payments.amount ELSE 0 END`,
  },
  {
    name: 'refund-fits-payment',
    severity: 'finding',
    claim: 'a refund has the order and the currency of its payment',
    offenders: sql`
      SELECT 'refund ' || refunds.id AS subject,
        format('order %s in %s, its payment of order %s in %s', refunds.order_id, refunds.currency,
          payments.order_id, payments.currency) AS detail
      FROM refunds JOIN payments ON payments.id = refunds.payment_id
      WHERE refunds.order_id <> payments.order_id OR refunds.currency <> payments.currency`,
  },
  {
    name: 'money-is-not-kept',
    severity: 'finding',
    claim: 'captured money that paid for no order was refunded, or its refund is under way',
    offenders: sql`
      SELECT 'payment ' || payments.id AS subject,
        format('%s %s captured for order %s (%s), going back %s', amount, payments.currency, order_id,
          orders.status, refunded_amount) AS detail
      FROM payments JOIN orders ON orders.id = payments.order_id
      WHERE payments.status = 'succeeded' AND NOT settles_order AND refunded_amount < amount`,
  },
  {
    name: 'checkout-asks-order-total',
    severity: 'finding',
    claim: 'a payment page asks for the total of its order',
    offenders: sql`
      SELECT 'checkout ' || checkout_sessions.id AS subject,
        format('%s %s, order %s costs %s %s', amount, checkout_sessions.currency, order_id, total,
          orders.currency) AS detail
      FROM checkout_sessions JOIN orders ON orders.id = checkout_sessions.order_id
      WHERE amount <> total OR checkout_sessions.currency <> orders.currency`,
  },
  {
    name: 'completed-checkout-is-paid',
    severity: 'finding',
    claim: 'money came in for the order of every payment page that is completed',
    offenders: sql`
      SELECT 'checkout ' || id AS subject, format('completed, order %s has no captured payment', order_id) AS detail
      FROM checkout_sessions
      WHERE status = 'completed' AND NOT EXISTS (
        SELECT FROM payments
        WHERE payments.order_id = checkout_sessions.order_id AND provider = 'stripe' AND payments.status = 'succeeded')`,
  },
];
