import { sql } from 'kysely';
import { ints, uuids } from '../../database/arrays.ts';
import { kept } from '../../database/kept-plans.ts';
import type { InTx } from '../../database/together.ts';
import type { Levels, MovementKind, OrderLine } from './inventory.model.ts';

/**
 * Locks the stock levels of variants, named by their own ids or by those of their products, until the transaction ends,
 * and tells what can be sold of each. In id order, so that no two batches can deadlock. Whoever waited for a lock is
 * told what the one before left.
 */
export async function holdLevels(at: InTx, ids: readonly string[]): Promise<Levels> {
  const named = uuids(ids);
  const { rows } = await sql<{ variantId: string; free: number }>`${kept}
    SELECT variant_id AS "variantId",
      CASE policy WHEN 'continue' THEN 'Infinity'::float8 ELSE on_hand - reserved END AS free
    FROM stock_levels
    WHERE variant_id IN (
      SELECT id FROM variants WHERE id = ANY (${named}) OR product_id = ANY (${named}))
    ORDER BY variant_id FOR UPDATE`.execute(at);
  return new Map(rows.map(({ variantId, free }) => [variantId, free]));
}

/** Changes both counters of the lines' levels, summed per variant and in id order, and writes the ledger. */
export async function moveStock(
  at: InTx,
  kind: MovementKind,
  sign: { readonly onHand: -1 | 0 | 1; readonly reserved: -1 | 0 | 1 },
  lines: readonly OrderLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await sql`${kept}
    WITH line AS (
      SELECT * FROM unnest(
        ${uuids(lines.map((line) => line.orderId))},
        ${uuids(lines.map((line) => line.variantId))},
        ${ints(lines.map((line) => line.quantity))}
      ) AS line (order_id, variant_id, quantity)
    ), level AS MATERIALIZED (
      SELECT variant_id FROM stock_levels
      WHERE variant_id IN (SELECT variant_id FROM line)
      ORDER BY variant_id
      FOR UPDATE
    ), change AS (
      SELECT variant_id, sum(quantity) AS quantity FROM line JOIN level USING (variant_id) GROUP BY variant_id
    ), updated AS (
      UPDATE stock_levels
      SET on_hand = on_hand + ${sign.onHand}::int * change.quantity,
        reserved = reserved + ${sign.reserved}::int * change.quantity,
        updated_at = now()
      FROM change
      WHERE stock_levels.variant_id = change.variant_id
    )
    INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta, order_id)
    SELECT variant_id, ${kind}, ${sign.onHand}::int * quantity, ${sign.reserved}::int * quantity, order_id
    FROM line`.execute(at);
}
