import { changesStock } from '../../database/changes.ts';
import type { Tx } from '../../database/database.ts';
import { moveStock, reserveInOrder } from './inventory.repository.ts';

/** Units of one variant for one order. Lines of an order name each variant once. */
export interface OrderLine {
  readonly orderId: string;
  readonly variantId: string;
  readonly quantity: number;
}

/** reserved: all lines are held; insufficient: none is. */
export type ReservationVerdict = 'reserved' | 'insufficient';

/** Holds stock for orders, each whole or not at all, first come first served. Returns a verdict per order id. */
export async function reserve(
  tx: Tx,
  lines: readonly OrderLine[],
): Promise<Map<string, ReservationVerdict>> {
  const verdicts = new Map<string, ReservationVerdict>();
  let undecided = lines;
  while (undecided.length > 0) {
    for (const [id, verdict] of await reserveInOrder(tx, undecided))
      if (verdict !== 'contested') verdicts.set(id, verdict);
    // Asked again the first of them has nobody before it, so each round leaves fewer.
    undecided = undecided.filter(({ orderId }) => !verdicts.has(orderId));
  }
  changesStock(tx, variantsOf(lines.filter(({ orderId }) => verdicts.get(orderId) === 'reserved')));
  return verdicts;
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
