import { sql } from 'kysely';
import type { Check } from './audit.model.ts';

/** Invariant 1: stock is never oversold and equals its ledger. */
export const stockChecks: readonly Check[] = [
  {
    name: 'stock-within-bounds',
    severity: 'finding',
    claim: '0 ≤ reserved ≤ on hand, beyond it only where a variant may be sold without stock',
    offenders: sql`
      SELECT 'variant ' || variant_id AS subject,
        format('on hand %s, reserved %s, policy %s', on_hand, reserved, policy) AS detail
      FROM stock_levels
      WHERE reserved < 0 OR (policy <> 'continue' AND (on_hand < 0 OR reserved > on_hand))`,
  },
  {
    name: 'stock-equals-ledger',
    severity: 'finding',
    claim: 'on hand and reserved are the sums of the movements',
    offenders: sql`
      WITH ledger AS (
        SELECT variant_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved
        FROM stock_movements GROUP BY variant_id
      )
      SELECT 'variant ' || variant_id AS subject,
        format('on hand %s, by the ledger %s; reserved %s, by the ledger %s', coalesce(level.on_hand, 0),
          coalesce(ledger.on_hand, 0), coalesce(level.reserved, 0), coalesce(ledger.reserved, 0)) AS detail
      FROM stock_levels AS level FULL JOIN ledger USING (variant_id)
      WHERE coalesce(level.on_hand, 0) <> coalesce(ledger.on_hand, 0)
        OR coalesce(level.reserved, 0) <> coalesce(ledger.reserved, 0)`,
  },
  {
    name: 'reserved-equals-orders',
    severity: 'finding',
    claim: 'reserved is the sum of the lines of the orders that hold stock',
    offenders: sql`
      WITH held AS (
        SELECT variant_id, sum(quantity) AS quantity
        FROM orders JOIN order_items ON order_items.order_id = orders.id
        WHERE stock_state = 'reserved'
        GROUP BY variant_id
      )
      SELECT 'variant ' || variant_id AS subject,
        format('reserved %s, held by orders %s', coalesce(reserved, 0), coalesce(quantity, 0)) AS detail
      FROM stock_levels FULL JOIN held USING (variant_id)
      WHERE coalesce(reserved, 0) <> coalesce(quantity, 0)`,
  },
  {
    name: 'order-moved-its-stock',
    severity: 'finding',
    claim: 'each order’s movements are what its state says: held, given back once, or sent once',
    offenders: sql`
      WITH moved AS (
        SELECT order_id, variant_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved
        FROM stock_movements WHERE order_id IS NOT NULL
        GROUP BY order_id, variant_id
      ), line AS (
        SELECT order_id, variant_id, quantity, stock_state
        FROM orders JOIN order_items ON order_items.order_id = orders.id
      )
      SELECT 'order ' || order_id AS subject,
        format('variant %s, %s units %s; by the ledger on hand %s, reserved %s', variant_id, quantity,
          coalesce(stock_state, 'of no order'), coalesce(on_hand, 0), coalesce(reserved, 0)) AS detail
      FROM line FULL JOIN moved USING (order_id, variant_id)
      WHERE coalesce(on_hand, 0) <> CASE stock_state WHEN 'shipped' THEN -quantity ELSE 0 END
        OR coalesce(reserved, 0) <> CASE stock_state WHEN 'reserved' THEN quantity ELSE 0 END`,
  },
  {
    name: 'movements-fit-their-kind',
    severity: 'finding',
    claim: 'orders hold, free, send and bring back units; people alone receive and count them',
    offenders: sql`
      SELECT 'variant ' || variant_id AS subject,
        format('movement %s: %s, on hand %s, reserved %s, order %s', id, kind, on_hand_delta, reserved_delta,
          coalesce(order_id::text, 'none')) AS detail
      FROM stock_movements
      WHERE NOT CASE kind
        WHEN 'reservation' THEN on_hand_delta = 0 AND reserved_delta > 0
        WHEN 'release' THEN on_hand_delta = 0 AND reserved_delta < 0
        WHEN 'shipment' THEN on_hand_delta < 0 AND reserved_delta = on_hand_delta
        WHEN 'return' THEN on_hand_delta > 0 AND reserved_delta = 0
        ELSE reserved_delta = 0 END
        OR (order_id IS NULL) <> (kind IN ('receipt', 'adjustment'))`,
  },
];
