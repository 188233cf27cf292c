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

/** Most units of one variant that can be on hand. */
export const MAX_ON_HAND = 1_000_000_000;
