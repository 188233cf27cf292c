import type { Tx } from '../../database/database.ts';
import { moveStock, reserveInOrder } from './inventory.repository.ts';

/** Units of one variant for one order. Lines of an order name each variant once. */
export interface OrderLine {
  readonly orderId: string;
  readonly variantId: string;
  readonly quantity: number;
}

/** reserved: all lines are held; insufficient: none is; contested: ask again, see reserveInOrder. */
export type ReservationVerdict = 'reserved' | 'insufficient' | 'contested';

/** Holds stock for orders, each whole or not at all, first come first served. Returns a verdict per order id. */
export function reserve(
  tx: Tx,
  lines: readonly OrderLine[],
): Promise<Map<string, ReservationVerdict>> {
  return reserveInOrder(tx, lines);
}

/** Gives held units back to stock. */
export function release(tx: Tx, lines: readonly OrderLine[]): Promise<void> {
  return moveStock(tx, 'release', { onHand: 0, reserved: -1 }, lines);
}

/** Held units leave the house. */
export function ship(tx: Tx, lines: readonly OrderLine[]): Promise<void> {
  return moveStock(tx, 'shipment', { onHand: -1, reserved: -1 }, lines);
}
