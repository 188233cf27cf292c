import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import { inPurchase } from '../../events/purchase-trace.ts';
import { claimKey, finishKeys, type IdempotencyClaim } from '../../http/idempotency.ts';
import { invalid, notFound, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { formatMoney, type Money } from '../../shared/money.ts';
import { concerns } from '../../telemetry/context.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { inSpan } from '../../telemetry/spans.ts';
import { note } from '../../trail/trail.ts';
import { postRefunds } from '../ledger/ledger.service.ts';
import { getOrder, noteRefund } from '../orders/orders.service.ts';
import type { Refund } from './payments.model.ts';
import { assertWithinLimit } from './refund-limits.service.ts';
import {
  endRefund,
  findRefund,
  insertRefund,
  leftOfOrder,
  lockSettlingPayment,
  noteProviderRefund,
  noteSending,
  putBack,
  type RefundRow,
  refundsOfOrder,
  setAside,
  toRefund,
} from './refunds.repository.ts';
import { mayBeForgotten, type StripeGateway, StripeRefusal } from './stripe.gateway.ts';

export { leftOfOrder, refundsOfOrder };

export interface RefundDeps {
  readonly db: Db;
  readonly stripe: StripeGateway;
  readonly metrics: Metrics;
}

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
 * @throws ShopError not_found, conflict (nothing left, or more than was paid), validation_failed (currency), forbidden
 * (more than their role allows in a day).
 */
export async function refundOrder(deps: RefundDeps, request: RefundRequest): Promise<RefundAnswer> {
  const { db } = deps;
  const begun = await inTransaction(db, (tx) =>
    inPurchase(tx, request.orderId, 'request refund', () => beginRefund(tx, request)),
  );
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
  await assertWithinLimit(tx, request.actorId, { amount, currency: payment.currency });
  await requestRefund(tx, {
    id,
    paymentId: payment.id,
    amount,
    origin: 'admin',
    reason: request.reason,
    actorId: request.actorId,
  });
  const detail = { refundId: id, amount, currency: payment.currency };
  await note(tx, { act: 'refund.requested', subject: request.orderId, detail });
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
  await recordEvents(tx, [refundEvent('refund.requested', row)]);
  await postRefunds(tx, [row.id]);
  await enqueueJob(tx, 'send_refund', { refundId: row.id }, { jobKey: `refund:${row.id}` });
  return row;
}

/** Sends a pending refund to Stripe (a manual one is done by saying so) and notes the outcome. Safe to repeat. */
export async function sendRefund({ db, stripe, metrics }: RefundDeps, id: string): Promise<void> {
  const refund = await findRefund(db, id);
  if (!refund) throw notFound('The refund');
  concerns(refund.order_id);
  if (refund.status !== 'pending') return;
  const answer = await inSpan('send refund', { 'mainstay.refund.id': id }, () =>
    askStripe(db, stripe, refund),
  );
  const refunded = await inTransaction(db, (tx) => noteAnswer(tx, id, answer));
  if (refunded) countRefund(metrics, refunded);
}

/** What is known of a refund's fate. */
interface RefundAnswerOfProvider {
  /** null for a manual refund and for one that Stripe refused to begin. */
  readonly providerRefundId: string | null;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly failure?: string;
}

async function askStripe(
  db: Db,
  stripe: StripeGateway,
  refund: RefundRow & { provider_payment_id: string | null },
): Promise<RefundAnswerOfProvider> {
  const { id, provider_payment_id: paymentIntent, amount, provider_refund_id: known } = refund;
  if (paymentIntent === null) return { providerRefundId: null, status: 'succeeded' };
  const forgotten = mayBeForgotten(refund.sent_at ?? refund.created_at);
  if (forgotten || known !== null) {
    const found = await stripe.findRefund({ refundId: id, paymentIntent });
    if (found) return found;
    if (known !== null) return { providerRefundId: known, status: 'pending' };
  }
  await noteSending(db, id, { anew: forgotten });
  try {
    return await stripe.refund({ refundId: id, paymentIntent, amount });
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    return { providerRefundId: null, status: 'failed', failure: error.message };
  }
}

/**
 * Notes what Stripe says of a refund, whether it answers or tells by webhook; returns the money when this is how
 * it was learnt that it went back.
 */
export async function noteAnswer(
  tx: Tx,
  id: string,
  { providerRefundId, status, failure }: RefundAnswerOfProvider,
): Promise<Money | null> {
  if (status === 'succeeded') return succeedRefund(tx, id, providerRefundId);
  if (status === 'failed') await failRefund(tx, id, failure ?? 'Stripe could not complete it');
  else if (providerRefundId !== null) await noteProviderRefund(tx, id, providerRefundId);
  return null;
}

/** Counts refunded money once it is committed. */
export function countRefund(metrics: Metrics, { amount, currency }: Money): void {
  metrics.refunds.inc({ currency }, amount);
}

async function succeedRefund(
  tx: Tx,
  id: string,
  providerRefundId: string | null,
): Promise<Money | null> {
  const ended = await endRefund(tx, id, { status: 'succeeded', providerRefundId, failure: null });
  if (!ended) return null;
  const refund = await findRefund(tx, id);
  if (!refund) throw notFound('The refund');
  // Money beyond the order's own (paid twice, too late) was never counted as the order's.
  if (refund.settles_order) await noteRefund(tx, refund.order_id, refund.amount);
  await recordEvents(tx, [refundEvent('refund.succeeded', refund)]);
  await postRefunds(tx, [id]);
  return { amount: refund.amount, currency: refund.currency };
}

async function failRefund(tx: Tx, id: string, failure: string): Promise<void> {
  if (!(await endRefund(tx, id, { status: 'failed', providerRefundId: null, failure }))) return;
  const refund = await findRefund(tx, id);
  if (!refund) throw notFound('The refund');
  await putBack(tx, refund.payment_id, refund.amount);
  await recordEvents(tx, [refundEvent('refund.failed', refund)]);
  await postRefunds(tx, [id]);
}

function refundEvent(
  type: 'refund.requested' | 'refund.succeeded' | 'refund.failed',
  { id, order_id: orderId, amount, currency, origin }: RefundRow,
) {
  return event(type, id, { orderId, amount: { amount, currency }, origin });
}
