import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import { recordEvents } from '../../events/outbox.ts';
import { claimKey, finishKeys, type IdempotencyClaim } from '../../http/idempotency.ts';
import { invalid, notFound, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { formatMoney, type Money } from '../../shared/money.ts';
import { getOrder, noteRefund } from '../orders/orders.service.ts';
import type { Refund } from './payments.model.ts';
import {
  endRefund,
  findRefund,
  insertRefund,
  lockSettlingPayment,
  noteProviderRefund,
  putBack,
  type RefundRow,
  refundsOfOrder,
  setAside,
  toRefund,
} from './refunds.repository.ts';
import { type StripeGateway, StripeRefusal } from './stripe.gateway.ts';

export { refundsOfOrder };

export interface RefundRequest {
  readonly orderId: string;
  /** null: all that is left. */
  readonly amount: Money | null;
  readonly reason: string;
  readonly actorId: string;
  readonly claim: IdempotencyClaim | null;
}

export type RefundAnswer =
  | { readonly kind: 'refund'; readonly refund: Refund }
  | { readonly kind: 'repeated'; readonly status: number; readonly body: string };

/**
 * Refunds an order in whole or in part: the money is set aside first, then Stripe is asked. While Stripe is
 * unreachable the refund stays pending and a job sends it; it is never sent twice.
 * @throws ShopError not_found, conflict (nothing left, or more than was paid), validation_failed (currency).
 */
export async function refundOrder(
  deps: { db: Db; stripe: StripeGateway },
  request: RefundRequest,
): Promise<RefundAnswer> {
  const { db } = deps;
  const begun = await inTransaction(db, (tx) => beginRefund(tx, request));
  if (begun.kind === 'repeated') return begun;
  try {
    await sendRefund(deps, begun.refundId);
  } catch (error) {
    if (!(error instanceof ShopError && error.code === 'payment_provider_unavailable')) throw error;
  }
  const row = await findRefund(db, begun.refundId);
  if (!row) throw new Error('a refund vanished');
  const refund = toRefund(row);
  if (refund.status === 'failed')
    throw new ShopError('conflict', `The refund was refused: ${row.failure ?? 'no reason given'}`);
  await finishKeys(db, [{ claim: request.claim, status: 201, body: refund }]);
  return { kind: 'refund', refund };
}

async function beginRefund(tx: Tx, request: RefundRequest) {
  const id = newId();
  const met = await claimKey(tx, request.claim, id);
  if (met?.kind === 'finished') return { ...met, kind: 'repeated' as const };
  if (met) return { kind: 'begun' as const, refundId: met.resourceId };
  const order = await getOrder(tx, null, request.orderId);
  const payment = await lockSettlingPayment(tx, request.orderId);
  if (!payment)
    throw new ShopError('conflict', `Order ${order.number} was not paid; nothing can be refunded.`);
  const left = { amount: payment.amount - payment.refunded_amount, currency: payment.currency };
  if (request.amount && request.amount.currency !== payment.currency)
    throw invalid('amount.currency', `The order was paid in ${payment.currency}.`);
  const amount = request.amount?.amount ?? left.amount;
  if (amount === 0 || amount > left.amount)
    throw new ShopError('conflict', `At most ${formatMoney(left)} of this order can be refunded.`);
  await requestRefund(tx, {
    id,
    paymentId: payment.id,
    amount,
    origin: 'admin',
    reason: request.reason,
    actorId: request.actorId,
  });
  return { kind: 'begun' as const, refundId: id };
}

/**
 * Sets money of a payment aside and notes the refund, in the caller's transaction; a job sees to it that it is sent
 * whatever happens to this process.
 * @throws ShopError conflict when more would go back than came in.
 */
export async function requestRefund(
  tx: Tx,
  refund: {
    id?: string;
    paymentId: string;
    amount: number;
    origin: RefundRow['origin'];
    reason: string;
    actorId: string | null;
  },
): Promise<RefundRow> {
  const payment = await setAside(tx, refund.paymentId, refund.amount);
  if (!payment) throw new ShopError('conflict', 'More would be refunded than was paid.');
  const row = await insertRefund(tx, {
    id: refund.id ?? newId(),
    payment_id: refund.paymentId,
    order_id: payment.order_id,
    origin: refund.origin,
    amount: refund.amount,
    currency: payment.currency,
    reason: refund.reason,
    actor_id: refund.actorId,
  });
  await recordEvents(tx, [event(row, 'refund.requested')]);
  await enqueueJob(tx, 'send_refund', { refundId: row.id }, { jobKey: `refund:${row.id}` });
  return row;
}

/** Sends a pending refund to Stripe (a manual one is done by saying so) and notes the outcome. Safe to repeat. */
export async function sendRefund(
  { db, stripe }: { db: Db; stripe: StripeGateway },
  id: string,
): Promise<void> {
  const refund = await findRefund(db, id);
  if (!refund) throw notFound('The refund');
  if (refund.status !== 'pending') return;
  if (refund.provider === 'manual' || refund.provider_payment_id === null)
    return inTransaction(db, (tx) => succeedRefund(tx, id, null));
  try {
    const answer = await stripe.refund({
      refundId: id,
      paymentIntent: refund.provider_payment_id,
      amount: refund.amount,
    });
    await inTransaction(db, (tx) => noteAnswer(tx, id, answer));
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    await inTransaction(db, (tx) => failRefund(tx, id, error.message));
  }
}

/** Notes what Stripe says of a refund, whether it answers or tells by webhook. */
export async function noteAnswer(
  tx: Tx,
  id: string,
  answer: { providerRefundId: string; status: 'pending' | 'succeeded' | 'failed' },
): Promise<void> {
  if (answer.status === 'succeeded') await succeedRefund(tx, id, answer.providerRefundId);
  else if (answer.status === 'failed') await failRefund(tx, id, 'Stripe could not complete it');
  else await noteProviderRefund(tx, id, answer.providerRefundId);
}

async function succeedRefund(tx: Tx, id: string, providerRefundId: string | null): Promise<void> {
  if (!(await endRefund(tx, id, { status: 'succeeded', providerRefundId, failure: null }))) return;
  const refund = await findRefund(tx, id);
  if (!refund) throw notFound('The refund');
  // Money beyond the order's own (paid twice, too late) was never counted as the order's.
  if (refund.settles_order) await noteRefund(tx, refund.order_id, refund.amount);
  await recordEvents(tx, [event(refund, 'refund.succeeded')]);
}

async function failRefund(tx: Tx, id: string, failure: string): Promise<void> {
  if (!(await endRefund(tx, id, { status: 'failed', providerRefundId: null, failure }))) return;
  const refund = await findRefund(tx, id);
  if (!refund) throw notFound('The refund');
  await putBack(tx, refund.payment_id, refund.amount);
  await recordEvents(tx, [event(refund, 'refund.failed')]);
}

function event(
  refund: Pick<RefundRow, 'id' | 'order_id' | 'amount' | 'currency' | 'origin'>,
  type: string,
) {
  return {
    aggregateType: 'refund' as const,
    aggregateId: refund.id,
    type,
    payload: {
      orderId: refund.order_id,
      amount: { amount: refund.amount, currency: refund.currency },
      origin: refund.origin,
    },
  };
}
