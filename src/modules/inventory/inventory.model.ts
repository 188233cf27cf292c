import type { Generated } from 'kysely';

export interface InventoryTables {
  stock_levels: StockLevelTable;
  stock_movements: StockMovementTable;
}

interface StockLevelTable {
  variant_id: string;
  on_hand: number;
  reserved: number;
  policy: InventoryPolicy;
  updated_at: Generated<Date>;
}

interface StockMovementTable {
  id: Generated<number>;
  variant_id: string;
  kind: MovementKind;
  on_hand_delta: number;
  reserved_delta: number;
  order_id: string | null;
  reason: Generated<string>;
  actor_id: string | null;
  created_at: Generated<Date>;
}

/** What happens when stock runs out: refuse the sale, or sell on (back orders). */
export type InventoryPolicy = 'deny' | 'continue';

/**
 * Why stock changed: units received or counted (receipt, adjustment), held for an order (reservation), given back
 * unsold (release), sent to the customer (shipment), taken back (return).
 */
export type MovementKind =
  | 'receipt'
  | 'adjustment'
  | 'reservation'
  | 'release'
  | 'shipment'
  | 'return';

/** Units that can be sold now; a variant that sells on without stock shows what is physically left. */
export function availableOf(level: { on_hand: number; reserved: number }): number {
  return Math.max(0, level.on_hand - level.reserved);
}

/** Units of one variant for one order. Lines of an order name each variant once. */
export interface OrderLine {
  readonly orderId: string;
  readonly variantId: string;
  readonly quantity: number;
}

/** Units that can be sold of each variant that is known: without end where it sells on. */
export type Levels = ReadonlyMap<string, number>;

/** The orders that get what they want of some levels: each all its lines or none, in order of arrival. */
export function allot(levels: Levels, lines: readonly OrderLine[]): Set<string> {
  const left = new Map(levels);
  const leftOf = (variantId: string): number => left.get(variantId) ?? 0;
  const served = new Set<string>();
  for (const [orderId, wanted] of Map.groupBy(lines, (line) => line.orderId)) {
    if (wanted.some(({ variantId, quantity }) => quantity > leftOf(variantId))) continue;
    for (const { variantId, quantity } of wanted) left.set(variantId, leftOf(variantId) - quantity);
    served.add(orderId);
  }
  return served;
}

/** Most units of one variant that can be on hand. */
export const MAX_ON_HAND = 1_000_000_000;
