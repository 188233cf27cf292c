import { changesStock } from '../../database/changes.ts';
import type { Tx } from '../../database/database.ts';
import type { InTx } from '../../database/together.ts';
import { allot, type OrderLine } from './inventory.model.ts';
import { holdLevels, moveStock } from './inventory.repository.ts';

export { holdLevels } from './inventory.repository.ts';

/**
 * Reserves units that the transaction holds the levels of (`holdLevels`) and that are there (`allot`); the CHECK on
 * stock_levels stands behind both.
 */
export function take(tx: Tx, lines: readonly OrderLine[], at: InTx): Promise<void> {
  changesStock(tx, variantsOf(lines));
  return moveStock(at, 'reservation', { onHand: 0, reserved: 1 }, lines);
}

/** Reserves all lines of an order where there is enough for each, and else none. Returns whether it did. */
export async function reserve(tx: Tx, lines: readonly OrderLine[]): Promise<boolean> {
  const isThere = allot(await holdLevels(tx, variantsOf(lines)), lines).size > 0;
  if (isThere) await take(tx, lines, tx);
  return isThere;
}

/** Gives held units back to stock. */
export function release(tx: Tx, lines: readonly OrderLine[]): Promise<void> {
  changesStock(tx, variantsOf(lines));
  return moveStock(tx, 'release', { onHand: 0, reserved: -1 }, lines);
}

/** Held units leave the house. */
export function ship(tx: Tx, lines: readonly OrderLine[]): Promise<void> {
  changesStock(tx, variantsOf(lines));
  return moveStock(tx, 'shipment', { onHand: -1, reserved: -1 }, lines);
}

function variantsOf(lines: readonly OrderLine[]): string[] {
  return lines.map(({ variantId }) => variantId);
}
