import { sql } from 'kysely';
import type { Check } from './audit.model.ts';

/** Invariant 5: every state change has exactly one event in the outbox. */
export const eventChecks: readonly Check[] = [
  {
    name: 'order-events',
    severity: 'finding',
    claim: 'an order has each event of the states it went through exactly once, and no other',
    offenders: sql`
      WITH told AS (
        SELECT aggregate_id AS id, type, count(*) AS times
        FROM outbox_events
        WHERE aggregate_type = 'order' AND type <> 'order.contact_changed'
        GROUP BY aggregate_id, type
      ), expected AS (
        SELECT id, type FROM orders, unnest(
          ARRAY['order.placed']
          || CASE WHEN status IN ('paid', 'fulfilled', 'delivered') THEN ARRAY['order.paid'] END
          || CASE WHEN status IN ('fulfilled', 'delivered') THEN ARRAY['order.fulfilled'] END
          || CASE WHEN status = 'delivered' THEN ARRAY['order.delivered'] END
          || CASE WHEN status = 'cancelled' THEN ARRAY['order.cancelled'] END
          || CASE WHEN status = 'expired' THEN ARRAY['order.expired'] END
          || CASE WHEN status = 'paid' AND stock_state = 'released' THEN ARRAY['order.stock_released'] END
        ) AS type
      )
      SELECT 'order ' || id AS subject,
        format('%s %s times, expected %s', type, coalesce(times, 0), (expected.id IS NOT NULL)::int) AS detail
      FROM expected FULL JOIN told USING (id, type)
      WHERE times IS DISTINCT FROM (expected.id IS NOT NULL)::int
        -- Money that came late paid an order that had expired.
        AND NOT (type = 'order.expired' AND times = 1 AND EXISTS (
          SELECT FROM orders WHERE orders.id = told.id AND status IN ('paid', 'fulfilled', 'delivered')))`,
  },
  {
    name: 'payment-events',
    severity: 'finding',
    claim:
      'a payment has one event each for its capture, its announcement, its end and every declined attempt',
    // A version before these events notes no announcement, end or decline on the payment either.
    offenders: sql`
      WITH told AS (
        SELECT aggregate_id AS id, type, count(*) AS times
        FROM outbox_events WHERE aggregate_type = 'payment'
        GROUP BY aggregate_id, type
      ), expected AS (
        SELECT id, type, due FROM payments CROSS JOIN LATERAL (VALUES
          ('payment.captured', (status = 'succeeded')::int),
          ('payment.announced', (announced_at IS NOT NULL)::int),
          ('payment.cancelled', (cancelled_at IS NOT NULL)::int),
          ('payment.failed', declines)
        ) AS event (type, due)
        WHERE due > 0
      )
      SELECT 'payment ' || id AS subject,
        format('%s %s times, expected %s', type, coalesce(times, 0), coalesce(due, 0)) AS detail
      FROM expected FULL JOIN told USING (id, type)
      WHERE coalesce(times, 0) <> coalesce(due, 0)`,
  },
  {
    name: 'refund-events',
    severity: 'finding',
    claim: 'a refund has one event for its request and one for its end',
    offenders: sql`
      WITH told AS (
        SELECT aggregate_id AS id, type, count(*) AS times
        FROM outbox_events WHERE aggregate_type = 'refund'
        GROUP BY aggregate_id, type
      ), expected AS (
        SELECT id, type FROM refunds, unnest(
          ARRAY['refund.requested'] || CASE WHEN status <> 'pending' THEN ARRAY['refund.' || status] END
        ) AS type
      )
      SELECT 'refund ' || id AS subject,
        format('%s %s times, expected %s', type, coalesce(times, 0), (expected.id IS NOT NULL)::int) AS detail
      FROM expected FULL JOIN told USING (id, type)
      WHERE times IS DISTINCT FROM (expected.id IS NOT NULL)::int`,
  },
  {
    name: 'stock-events',
    severity: 'finding',
    claim: 'every receipt and adjustment of stock has exactly one event',
    offenders: sql`
      WITH told AS (
        SELECT aggregate_id AS variant_id, count(*) AS times
        FROM outbox_events WHERE type = 'stock.adjusted'
        GROUP BY aggregate_id
      ), moved AS (
        SELECT variant_id, count(*) AS times
        FROM stock_movements WHERE kind IN ('receipt', 'adjustment')
        GROUP BY variant_id
      )
      SELECT 'variant ' || variant_id AS subject,
        format('%s movements, %s events', coalesce(moved.times, 0), coalesce(told.times, 0)) AS detail
      FROM stock_levels LEFT JOIN moved USING (variant_id) LEFT JOIN told USING (variant_id)
      WHERE coalesce(moved.times, 0) <> coalesce(told.times, 0)`,
  },
  {
    name: 'beginning-events',
    severity: 'finding',
    claim: 'every product and every user has exactly one event of its beginning',
    offenders: sql`
      WITH begun AS (
        SELECT id, 'product.created' AS type FROM products
        UNION ALL SELECT id, 'user.registered' FROM users
      ), told AS (
        SELECT aggregate_id AS id, type, count(*) AS times
        FROM outbox_events WHERE type IN ('product.created', 'user.registered')
        GROUP BY aggregate_id, type
      )
      SELECT split_part(type, '.', 1) || ' ' || id AS subject,
        format('%s %s times', type, coalesce(times, 0)) AS detail
      FROM begun LEFT JOIN told USING (id, type)
      WHERE times IS DISTINCT FROM 1`,
  },
];
