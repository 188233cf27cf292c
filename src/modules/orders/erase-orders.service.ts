import type { Db, Tx } from '../../database/database.ts';
import { eraseContacts, openOrders } from './erase-orders.repository.ts';

/** The numbers of a customer's orders that are under way: not paid yet, or paid and not delivered nor given back. */
export function openOrdersOf(db: Db, customerId: string): Promise<number[]> {
  return openOrders(db, customerId);
}

/**
 * Takes the person out of a customer's orders, so many at a time: of the address only the country stays, which tax
 * depends on. Returns the orders; none once all are done.
 */
export function eraseOrdersOf(tx: Tx, customerId: string, limit: number): Promise<string[]> {
  return eraseContacts(tx, customerId, limit);
}
