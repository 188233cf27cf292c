import type Stripe from 'stripe';
import type { StandInContext } from './context.ts';
import { type EventCause, emit, NOBODY } from './events.ts';
import type { Transaction } from './store.ts';
import type { Checkout } from './tables.ts';

/** Ends an open session unpaid, with the payment intent it may have. */
export function expire(
  context: StandInContext,
  tx: Transaction,
  checkout: Checkout,
  cause: EventCause = NOBODY,
): Checkout {
  const session: Stripe.Checkout.Session = { ...checkout.session, status: 'expired', url: null };
  const expired = { ...checkout, session };
  tx.put('checkouts', session.id, expired);
  const intent = context.store.table('paymentIntents').get(String(session.payment_intent));
  if (intent) {
    const canceled: Stripe.PaymentIntent = {
      ...intent,
      canceled_at: context.now(),
      cancellation_reason: 'automatic',
      next_action: null,
      status: 'canceled',
    };
    tx.put('paymentIntents', canceled.id, canceled);
    emit(context, tx, { type: 'payment_intent.canceled', data: { object: canceled } }, cause);
  }
  emit(context, tx, { type: 'checkout.session.expired', data: { object: session } }, cause);
  return expired;
}

/** Whether the session is open but its time is over: the next sweep, or whoever meets it, expires it. */
export function isOverdue(context: StandInContext, { session }: Checkout): boolean {
  return session.status === 'open' && session.expires_at <= context.now();
}

/** Expires every session whose time is over. */
export async function expireOverdue(context: StandInContext): Promise<void> {
  const overdue = [...context.store.table('checkouts').values()].filter((checkout) =>
    isOverdue(context, checkout),
  );
  if (overdue.length === 0) return;
  await context.store.transact((tx) => {
    for (const checkout of overdue) expire(context, tx, checkout);
  });
}
