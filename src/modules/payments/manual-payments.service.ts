import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import { claimKey, finishKeys, type IdempotencyClaim } from '../../http/idempotency.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Money } from '../../shared/money.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { getOrder, lockOrder, type Owner } from '../orders/orders.service.ts';
import type { Payment } from './payments.model.ts';
import { cancelManual, findOpenManual, insertManual } from './payments.repository.ts';
import { countSale, notePaidByHand, settleByHand } from './settle.service.ts';

interface ManualPayment {
  readonly orderId: string;
  /** null: the order's total. */
  readonly amount: Money | null;
  readonly claim: IdempotencyClaim | null;
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
  request: ManualPayment,
): Promise<PaymentAnswer> {
  const { orderId, claim } = request;
  return inTransaction(db, async (tx) => {
    const id = newId();
    const met = await claimKey(tx, claim, id);
    if (met?.kind === 'finished') return { ...met, kind: 'repeated' as const };
    const total = await totalOf(tx, owner, request);
    const order = await lockOrder(tx, orderId);
    if (order?.status !== 'pending')
      throw new ShopError('conflict', `This order is ${order?.status}; it waits for no payment.`);
    const payment = await insertManual(tx, { id, orderId: order.id, ...total, announced: true });
    if (!payment)
      throw new ShopError('conflict', 'A manual payment is already open for this order.');
    await recordEvents(tx, [event('payment.announced', id, { orderId: order.id, amount: total })]);
    await finishKeys(tx, [{ claim, status: 201, body: payment }]);
    return { kind: 'payment' as const, payment };
  });
}

/**
 * Records, by an administrator's word, that an order was paid by other means: the announced payment, or a new one,
 * and the order are settled in one transaction with the answer that a repetition gets.
 * @throws ShopError not_found, validation_failed (amount), invalid_transition (the order waits for no money).
 */
export async function recordManualPayment(
  { db, metrics }: { db: Db; metrics: Metrics },
  request: ManualPayment & { readonly actorId: string },
): Promise<PaymentAnswer> {
  const { orderId, claim, actorId } = request;
  const answer = await inTransaction(db, async (tx) => {
    const id = (await findOpenManual(tx, orderId)) ?? newId();
    const met = await claimKey(tx, claim, id);
    if (met?.kind === 'finished') return { ...met, kind: 'repeated' as const };
    await totalOf(tx, null, request);
    const { payment, sale } = await settleByHand(tx, id, orderId, actorId);
    // The key names the payment that it began.
    if (payment.id !== id)
      throw new ShopError('conflict', 'This payment was announced just now; try again.');
    await finishKeys(tx, [{ claim, status: 201, body: payment }]);
    await notePaidByHand(tx, payment);
    return { kind: 'payment' as const, payment, sale };
  });
  if (answer.kind === 'payment') countSale(metrics, answer.sale);
  return answer;
}

/** Calls off what was announced for orders that closed unpaid or were paid otherwise, each once. */
export async function cancelAnnounced(db: Db, orderIds: readonly string[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    const cancelled = await cancelManual(tx, orderIds);
    await recordEvents(
      tx,
      cancelled.map(({ id, orderId, amount }) =>
        event('payment.cancelled', id, { orderId, amount }),
      ),
    );
  });
}

/** What a manual payment must amount to. @throws ShopError not_found, validation_failed for another amount. */
async function totalOf(tx: Tx, owner: Owner, { orderId, amount }: ManualPayment): Promise<Money> {
  const { total } = await getOrder(tx, owner, orderId);
  if (amount && (amount.amount !== total.amount || amount.currency !== total.currency))
    throw invalid('amount', 'The amount must be the order’s total; it may be left out.');
  return total;
}
