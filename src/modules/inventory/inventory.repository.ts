import { sql } from 'kysely';
import { plainArray } from '../../database/arrays.ts';
import type { Tx } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import type { MovementKind } from './inventory.model.ts';
import type { OrderLine, ReservationVerdict } from './inventory.service.ts';

/**
 * Decides and takes the stock of many orders: each gets all its lines or none, in order of arrival; the CHECK on
 * stock_levels stands behind it. Levels are locked first, in id order, so that no two batches can deadlock, and in a
 * statement of its own: only the next one sees what others left while this one waited for the locks.
 * An order that fits, but stood behind another that was refused, is `contested`: to be asked again.
 */
export async function reserveInOrder(
  tx: Tx,
  lines: readonly OrderLine[],
): Promise<Map<string, ReservationVerdict | 'contested'>> {
  const places = new Map<string, number>();
  const arrivals = lines.map(({ orderId }) => {
    const place = places.get(orderId) ?? places.size;
    places.set(orderId, place);
    return place;
  });
  const variantIds = plainArray(lines.map((line) => line.variantId));
  await sql`${kept}
    SELECT FROM stock_levels WHERE variant_id = ANY (${variantIds}::uuid[])
    ORDER BY variant_id FOR UPDATE`.execute(tx);
  const result = await sql<{ order_id: string; accepted: boolean; fits: boolean }>`${kept}
    WITH line AS (
      SELECT * FROM unnest(
        ${plainArray(arrivals)}::int[],
        ${plainArray(lines.map((line) => line.orderId))}::uuid[],
        ${variantIds}::uuid[],
        ${plainArray(lines.map((line) => line.quantity))}::int[]
      ) AS line (arrival, order_id, variant_id, quantity)
    ), level AS (
      SELECT variant_id, policy, on_hand - reserved AS free
      FROM stock_levels
      WHERE variant_id = ANY (${variantIds}::uuid[])
    ), wanted AS (
      SELECT line.*, sum(quantity) OVER (PARTITION BY variant_id ORDER BY arrival) AS so_far FROM line
    ), verdict AS (
      SELECT order_id, bool_and(coalesce(policy = 'continue' OR so_far <= free, false)) AS accepted
      FROM wanted LEFT JOIN level USING (variant_id)
      GROUP BY order_id
    ), taken AS (
      SELECT variant_id, sum(quantity) AS quantity
      FROM line JOIN verdict USING (order_id)
      WHERE accepted
      GROUP BY variant_id
    ), updated AS (
      UPDATE stock_levels
      SET reserved = reserved + taken.quantity, updated_at = now()
      FROM taken
      WHERE stock_levels.variant_id = taken.variant_id
    ), moved AS (
      INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta, order_id)
      SELECT variant_id, 'reservation', 0, quantity, order_id
      FROM line JOIN verdict USING (order_id)
      WHERE accepted
    )
    SELECT order_id, bool_and(accepted) AS accepted,
      bool_and(coalesce(policy = 'continue' OR line.quantity <= free - coalesce(taken.quantity, 0), false)) AS fits
    FROM line JOIN verdict USING (order_id)
      LEFT JOIN level USING (variant_id) LEFT JOIN taken USING (variant_id)
    GROUP BY order_id`.execute(tx);
  return new Map(
    result.rows.map(({ order_id, accepted, fits }) => [
      order_id,
      accepted ? 'reserved' : fits ? 'contested' : 'insufficient',
    ]),
  );
}

/** Changes both counters of the lines' levels, summed per variant and in id order, and writes the ledger. */
export async function moveStock(
  tx: Tx,
  kind: MovementKind,
  sign: { readonly onHand: -1 | 0 | 1; readonly reserved: -1 | 0 | 1 },
  lines: readonly OrderLine[],
): Promise<void> {
  await sql`
    WITH line AS (
      SELECT * FROM unnest(
        ${plainArray(lines.map((line) => line.orderId))}::uuid[],
        ${plainArray(lines.map((line) => line.variantId))}::uuid[],
        ${plainArray(lines.map((line) => line.quantity))}::int[]
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
    FROM line`.execute(tx);
}
