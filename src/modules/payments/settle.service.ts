import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import { inPurchase } from '../../events/purchase-trace.ts';
import { ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { note } from '../../trail/trail.ts';
import { postPayments } from '../ledger/ledger.service.ts';
import { closePagesOf, countUnits, lockOrder, markPaid } from '../orders/orders.service.ts';
import { completeCheckout, isPayableOtherwise } from './checkout.repository.ts';
import type { Payment } from './payments.model.ts';
import {
  insertCaptured,
  insertManual,
  markSettling,
  succeedManual,
} from './payments.repository.ts';
import { requestRefund } from './refunds.service.ts';

/** Money that Stripe says it captured, bound to an order by a checkout of ours. */
export interface Captured {
  readonly orderId: string;
  readonly checkoutId: string;
  readonly paymentIntent: string;
  readonly amount: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/** What was sold with an order, for the business metrics. */
export interface Sale {
  readonly amount: number;
  readonly currency: string;
  readonly units: number;
}

export type Settlement =
  | { readonly kind: 'settled'; readonly sale: Sale }
  | { readonly kind: 'known' }
  | { readonly kind: 'given_back'; readonly because: string }
  | { readonly kind: 'mismatch'; readonly detail: string };

/**
 * Takes captured money in, once per payment intent: it pays its order where it can, and is refunded in full where
 * the order is closed, already paid or out of stock. An amount or currency that is not the order's changes nothing.
 */
export function settleCaptured(tx: Tx, money: Captured): Promise<Settlement> {
  return inPurchase(tx, money.orderId, 'settle payment', () => settle(tx, money));
}

async function settle(tx: Tx, money: Captured): Promise<Settlement> {
  const order = await lockOrder(tx, money.orderId);
  if (!order) return { kind: 'mismatch', detail: `order ${money.orderId} does not exist` };
  if (order.total !== money.amount || order.currency !== money.currency)
    return {
      kind: 'mismatch',
      detail: `captured ${money.amount} ${money.currency}, but order ${order.id} costs ${order.total} ${order.currency}`,
    };
  const paymentId = await insertCaptured(tx, { id: newId(), ...money });
  if (paymentId === null) return { kind: 'known' };
  await recordEvents(tx, [captured(paymentId, money)]);
  await completeCheckout(tx, money.checkoutId);

  const outcome = await markPaid(tx, money.orderId);
  if (outcome === 'paid') await markSettling(tx, paymentId);
  await postPayments(tx, [paymentId]);
  if (outcome === 'paid') {
    // Another page, as this one ran out when its payment came, or a payment that was announced.
    if (await isPayableOtherwise(tx, money.orderId)) await closePagesOf(tx, [money.orderId]);
    return { kind: 'settled', sale: await saleOf(tx, order) };
  }
  await requestRefund(tx, {
    paymentId,
    amount: money.amount,
    origin: 'automatic',
    reason: outcome,
    actorId: null,
  });
  return { kind: 'given_back', because: outcome };
}

/**
 * Records that an order was paid outside Stripe, by an administrator's word (or because it costs nothing).
 * @throws ShopError invalid_transition when the order is not waiting for money.
 */
export async function settleManually(
  { db, metrics }: { db: Db; metrics: Metrics },
  orderId: string,
  actorId: string | null,
): Promise<void> {
  const committed = await inTransaction(db, (tx) =>
    settleManuallyWithin(tx, metrics, orderId, actorId),
  );
  committed();
}

/** The same as a part of a transaction; what it returns counts the sale, once that is committed. */
export async function settleManuallyWithin(
  tx: Tx,
  metrics: Metrics,
  orderId: string,
  actorId: string | null,
): Promise<() => void> {
  const { payment, sale } = await settleByHand(tx, newId(), orderId, actorId);
  if (actorId !== null) await notePaidByHand(tx, payment);
  return () => countSale(metrics, sale);
}

/**
 * Marks an order paid by money that came by other means: by the payment that was announced, else by a new one of
 * this id. Whoever calls counts the sale once it is committed.
 * @throws ShopError invalid_transition when the order is not waiting for money; insufficient_stock when it expired and
 * its units are gone.
 */
export async function settleByHand(
  tx: Tx,
  id: string,
  orderId: string,
  actorId: string | null,
): Promise<{ payment: Payment; sale: Sale }> {
  const order = await lockOrder(tx, orderId);
  const outcome = await markPaid(tx, orderId);
  if (outcome === 'out_of_stock')
    throw new ShopError(
      'insufficient_stock',
      'This order expired, and there is not enough in stock for it any more.',
    );
  if (outcome !== 'paid' || !order)
    throw new ShopError('invalid_transition', `An order that is ${order?.status} cannot be paid.`);
  await closePagesOf(tx, [orderId]);
  await insertManual(tx, { id, orderId, amount: order.total, currency: order.currency });
  const payment = await succeedManual(tx, orderId);
  if (!payment) throw new Error('a manual payment vanished');
  await recordEvents(tx, [
    event('payment.captured', payment.id, {
      orderId: order.id,
      amount: payment.amount,
      by: actorId,
    }),
  ]);
  await postPayments(tx, [payment.id]);
  return { payment, sale: await saleOf(tx, order) };
}

/** Notes that it was a person's word that paid an order. */
export function notePaidByHand(tx: Tx, { id, orderId, amount }: Payment): Promise<void> {
  const detail = { paymentId: id, ...amount };
  return note(tx, { act: 'order.paid_by_hand', subject: orderId, detail });
}

/** Counts a sale once it is committed. */
export function countSale(metrics: Metrics, { amount, currency, units }: Sale): void {
  metrics.revenue.inc({ currency }, amount);
  metrics.productsSold.inc(units);
  metrics.purchaseSteps.inc({ step: 'order_paid' });
}

async function saleOf(
  tx: Tx,
  order: { id: string; total: number; currency: string },
): Promise<Sale> {
  return { amount: order.total, currency: order.currency, units: await countUnits(tx, order.id) };
}

function captured(id: string, { orderId, amount, currency }: Captured) {
  return event('payment.captured', id, { orderId, amount: { amount, currency } });
}
