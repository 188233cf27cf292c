import type { Db } from '../../database/database.ts';
import { notFound } from '../../shared/errors.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import type { Owner } from '../orders/orders.service.ts';
import type { Payment } from './payments.model.ts';
import { findPayment, listPayments as findPayments } from './payments.repository.ts';

/** One of the owner's payments. @throws ShopError not_found, also for somebody else's. */
export async function getPayment(db: Db, owner: Owner, id: string): Promise<Payment> {
  const payment = await findPayment(db, owner, id);
  if (!payment) throw notFound('The payment');
  return payment;
}

/** A page of the owner's payments, newest first. */
export function listPayments(
  db: Db,
  owner: Owner,
  filter: { orderId?: string | undefined },
  page: PageRequest,
): Promise<Page<Payment>> {
  return findPayments(db, owner, filter, page);
}
