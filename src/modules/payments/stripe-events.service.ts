import type Stripe from 'stripe';
import type { Tx } from '../../database/database.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import { newId } from '../../shared/ids.ts';
import type { Money } from '../../shared/money.ts';
import { concerns } from '../../telemetry/context.ts';
import { checkoutOfEvent, endCheckout } from './checkout.repository.ts';
import {
  type FollowedEvent,
  isFollowed,
  UNFOLLOWED,
  UNKNOWN_PAYMENT,
  type WebhookState,
} from './payments.model.ts';
import { insertFailed } from './payments.repository.ts';
import { paymentByIntent, refundOfEvent } from './refunds.repository.ts';
import { noteAnswer, requestRefund } from './refunds.service.ts';
import { type Sale, settleCaptured } from './settle.service.ts';
import { refundStatus } from './stripe.gateway.ts';
import { idOf, ourId } from './stripe-ids.model.ts';

/** What became of an event of Stripe in the shop's books. */
export interface Outcome {
  readonly state: Exclude<WebhookState, 'received' | 'closed'>;
  readonly note: string | null;
  readonly sale?: Sale;
  readonly refunded?: Money | null;
  /** Why a payment was refused. */
  readonly declined?: string;
}

const applied = (note: string | null = null): Outcome => ({ state: 'applied', note });
const ignored = (note: string): Outcome => ({ state: 'ignored', note });
const parked = (note: string): Outcome => ({ state: 'parked', note });

type KnownEvent = Extract<Stripe.Event, { type: FollowedEvent }>;

/** Applies an event to orders, payments and refunds, whatever the order of arrival; of a type that nobody follows, nothing. */
export function applyToShop(tx: Tx, event: Stripe.Event): Promise<Outcome> {
  if (!isKnown(event)) return Promise.resolve(ignored(UNFOLLOWED));
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      return sessionPaid(tx, event.data.object);
    case 'checkout.session.expired':
      return sessionExpired(tx, event.data.object);
    case 'payment_intent.succeeded':
      return intentSucceeded(tx, event.data.object);
    case 'payment_intent.payment_failed':
      return intentFailed(tx, event.data.object);
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return refundChanged(tx, event.data.object);
  }
}

async function sessionPaid(tx: Tx, session: Stripe.Checkout.Session): Promise<Outcome> {
  if (session.payment_status !== 'paid') return ignored('the session is not paid yet');
  return settle(tx, {
    sessionId: session.id,
    checkoutId: ourId(session.metadata?.checkout_id),
    orderId: session.metadata?.order_id ?? session.client_reference_id,
    paymentIntent: idOf(session.payment_intent),
    amount: session.amount_total,
    currency: session.currency,
  });
}

/** Takes a captured payment in, as its event does; once, whatever tells of it. */
export async function intentSucceeded(tx: Tx, intent: Stripe.PaymentIntent): Promise<Outcome> {
  return settle(tx, {
    sessionId: null,
    checkoutId: ourId(intent.metadata.checkout_id),
    orderId: intent.metadata.order_id ?? null,
    paymentIntent: intent.id,
    amount: intent.amount_received,
    currency: intent.currency,
  });
}

async function settle(
  tx: Tx,
  money: {
    sessionId: string | null;
    checkoutId: string | null;
    orderId: string | null;
    paymentIntent: string | null;
    amount: number | null;
    currency: string | null;
  },
): Promise<Outcome> {
  const { sessionId, checkoutId, paymentIntent, amount, currency } = money;
  if (paymentIntent === null || amount === null || currency === null)
    return parked('paid, but without payment intent, amount or currency');
  const checkout = await checkoutOfEvent(tx, { sessionId, checkoutId });
  if (!checkout) return parked('money for a session that this shop did not open');
  concerns(checkout.order_id);
  if (money.orderId !== checkout.order_id)
    return parked(
      `the event names order ${money.orderId}, its session was opened for ${checkout.order_id}`,
    );
  const settlement = await settleCaptured(tx, {
    orderId: checkout.order_id,
    checkoutId: checkout.id,
    paymentIntent,
    amount,
    currency: currency.toUpperCase(),
  });
  if (settlement.kind === 'mismatch') return parked(settlement.detail);
  if (settlement.kind === 'given_back') return applied(`given back: ${settlement.because}`);
  if (settlement.kind === 'known') return applied('this payment was settled before');
  return { ...applied(), sale: settlement.sale };
}

async function sessionExpired(tx: Tx, session: Stripe.Checkout.Session): Promise<Outcome> {
  const checkout = await checkoutOfEvent(tx, {
    sessionId: session.id,
    checkoutId: ourId(session.metadata?.checkout_id),
  });
  if (!checkout) return ignored('not a session of this shop');
  concerns(checkout.order_id);
  await endCheckout(tx, checkout.id, 'expired');
  return applied();
}

async function intentFailed(tx: Tx, intent: Stripe.PaymentIntent): Promise<Outcome> {
  const checkout = await checkoutOfEvent(tx, {
    sessionId: null,
    checkoutId: ourId(intent.metadata.checkout_id),
  });
  if (!checkout) return ignored('not a payment of this shop');
  concerns(checkout.order_id);
  const error = intent.last_payment_error;
  const failureCode = error?.decline_code ?? error?.code ?? 'failed';
  const orderId = checkout.order_id;
  const failed = await insertFailed(tx, {
    id: newId(),
    orderId,
    paymentIntent: intent.id,
    amount: intent.amount,
    currency: intent.currency.toUpperCase(),
    failureCode,
  });
  if (!failed) return applied('this payment succeeded meanwhile');
  const { id, amount } = failed;
  await recordEvents(tx, [event('payment.failed', id, { orderId, amount, failureCode })]);
  return { ...applied(), declined: failureCode };
}

/** Notes what became of a refund, as its event does; one that the shop did not make is written into its books. */
export async function refundChanged(tx: Tx, refund: Stripe.Refund): Promise<Outcome> {
  const status = refundStatus(refund.status);
  const intent = idOf(refund.payment_intent);
  // Before the refund: where another event of it left nothing of the payment, that is then known too.
  const payment = intent === null ? null : await paymentByIntent(tx, intent);
  const known = await refundOfEvent(tx, {
    providerRefundId: refund.id,
    refundId: ourId(refund.metadata?.refund_id),
  });
  if (known) {
    concerns(known.order_id);
    // The customer's bank may send it back for weeks, and the books say that they have it.
    if (known.status === 'succeeded' && status === 'failed')
      return parked(`refund ${known.id} came back to Stripe after it had succeeded`);
    const refunded = await noteAnswer(tx, known.id, { providerRefundId: refund.id, status });
    return { ...applied(), refunded };
  }
  // Made at Stripe's own dashboard: the shop's books follow.
  if (!payment) return parked(UNKNOWN_PAYMENT);
  concerns(payment.order_id);
  if (status === 'failed') return ignored('a refund made elsewhere that failed');
  // Where one of ours may fail yet, requesting it is refused until that is known.
  if (refund.amount > payment.left && !payment.isRefunding)
    return parked(
      `${refund.amount} ${refund.currency.toUpperCase()} went back at Stripe, and ${payment.left} of this payment are left here`,
    );
  const row = await requestRefund(tx, {
    paymentId: payment.id,
    amount: refund.amount,
    origin: 'provider',
    reason: refund.reason ?? '',
    actorId: null,
  });
  const refunded = await noteAnswer(tx, row.id, { providerRefundId: refund.id, status });
  return { ...applied('a refund made at Stripe'), refunded };
}

/** A version before kept events of all types alike. */
function isKnown(event: Stripe.Event): event is KnownEvent {
  return isFollowed(event.type);
}
