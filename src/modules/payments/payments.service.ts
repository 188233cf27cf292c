import { type Db, inTransaction } from '../../database/database.ts';
import { claimKey, finishKeys, type IdempotencyClaim } from '../../http/idempotency.ts';
import { invalid, notFound, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Money } from '../../shared/money.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { getOrder, lockOrder, type Owner } from '../orders/orders.service.ts';
import type { Payment } from './payments.model.ts';
import { findPayment, listPayments as findPayments, insertManual } from './payments.repository.ts';

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

export type PaymentAnswer =
  | { readonly kind: 'payment'; readonly payment: Payment }
  | { readonly kind: 'repeated'; readonly status: number; readonly body: string };

/**
 * Notes that a customer will pay a pending order by other means (transfer, cash): a pending payment, which only an
 * administrator settles.
 * @throws ShopError not_found, validation_failed (amount), conflict (the order waits for no money, or one is open).
 */
export async function promiseManualPayment(
  db: Db,
  owner: Owner,
  request: { orderId: string; amount: Money | null; claim: IdempotencyClaim | null },
): Promise<PaymentAnswer> {
  return inTransaction(db, async (tx) => {
    const id = newId();
    const met = await claimKey(tx, request.claim, id);
    if (met?.kind === 'finished') return { ...met, kind: 'repeated' as const };
    const { total } = await getOrder(tx, owner, request.orderId);
    if (
      request.amount &&
      (request.amount.amount !== total.amount || request.amount.currency !== total.currency)
    )
      throw invalid('amount', 'The amount must be the order’s total; it may be left out.');
    const order = await lockOrder(tx, request.orderId);
    if (order?.status !== 'pending')
      throw new ShopError('conflict', `This order is ${order?.status}; it waits for no payment.`);
    const payment = await insertManual(tx, { id, orderId: request.orderId, ...total });
    if (!payment)
      throw new ShopError('conflict', 'A manual payment is already open for this order.');
    await finishKeys(tx, [{ claim: request.claim, status: 201, body: payment }]);
    return { kind: 'payment' as const, payment };
  });
}
