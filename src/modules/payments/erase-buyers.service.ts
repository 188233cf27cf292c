import type { Db, Tx } from '../../database/database.ts';
import { KEPT_DAYS } from '../../shared/retention.ts';
import {
  emptyCheckouts,
  emptyEvents,
  emptyOldEvents,
  idsAbout,
} from './erase-buyers.repository.ts';

const AT_ONCE = 500;

/**
 * Takes the buyers of orders out of what was agreed with Stripe and what Stripe told; amounts and ids stay. Returns the
 * ids of the orders' checkouts, payments and refunds.
 */
export async function eraseBuyers(tx: Tx, orderIds: readonly string[]): Promise<string[]> {
  if (orderIds.length === 0) return [];
  await emptyCheckouts(tx, orderIds);
  await emptyEvents(tx, orderIds);
  return idsAbout(tx, orderIds);
}

/** Takes the buyers out of Stripe's events that are settled and old. */
export async function forgetBuyers(db: Db): Promise<void> {
  while ((await emptyOldEvents(db, KEPT_DAYS.stripeEvents, AT_ONCE)) === AT_ONCE);
}
