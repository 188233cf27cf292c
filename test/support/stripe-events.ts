import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import type { Db } from '../../src/database/database.ts';
import type { Answer } from './api.ts';
import type { TestShop } from './shop.ts';
import { until } from './until.ts';

const SECRET = 'whsec_mainstay_development';

const now = () => Math.floor(Date.now() / 1000);

/** An event as the body and headers of a webhook, signed as Stripe does. */
export function signedEvent(event: object, { secret = SECRET, timestamp = now() } = {}) {
  const body = JSON.stringify(event);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp });
  return { body, headers: { 'stripe-signature': signature } };
}

/** What Stripe says when the latest payment page of an order was paid; `change` is laid over the session. */
export async function completedEvent(
  db: Db,
  orderId: string,
  sessionId: string,
  change: object = {},
) {
  const row = await db
    .selectFrom('checkout_sessions')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return {
    id: `evt_${randomUUID()}`,
    object: 'event',
    livemode: false,
    created: now(),
    type: 'checkout.session.completed',
    data: {
      object: {
        id: sessionId,
        object: 'checkout.session',
        payment_status: 'paid',
        payment_intent: `pi_${randomUUID()}`,
        amount_total: row.amount,
        currency: row.currency.toLowerCase(),
        client_reference_id: orderId,
        metadata: { order_id: orderId, checkout_id: row.id },
        ...change,
      },
    },
  };
}

/** Sends an event to the shop as Stripe would. */
export function deliver(shop: TestShop, event: object): Promise<Answer> {
  return shop.api('POST', '/api/webhooks/stripe', signedEvent(event));
}

/** Sends an event and waits until the shop has dealt with it; returns what became of it. */
export async function apply(shop: TestShop, event: { id: string }): Promise<string> {
  await deliver(shop, event);
  const state = async () => {
    const row = await shop.db
      .selectFrom('webhook_events')
      .select('state')
      .where('event_id', '=', event.id)
      .executeTakeFirst();
    return row?.state ?? 'received';
  };
  await until(async () => (await state()) !== 'received', {
    what: `event ${event.id}`,
  });
  return state();
}

/** An event about an object; each is another, also of the same object. */
export function stripeEvent(type: string, object: object) {
  return { id: `evt_${randomUUID()}`, object: 'event', type, data: { object } };
}

/** The payment intent of an order's newest checkout; several may name the same one. */
export async function intentOf(shop: TestShop, orderId: string, id = `pi_${randomUUID()}`) {
  const checkout = await shop.db
    .selectFrom('checkout_sessions')
    .select(['id', 'amount', 'currency'])
    .where('order_id', '=', orderId)
    .orderBy('created_at', 'desc')
    .executeTakeFirstOrThrow();
  return {
    id,
    object: 'payment_intent',
    amount: checkout.amount,
    amount_received: checkout.amount,
    currency: checkout.currency.toLowerCase(),
    metadata: { order_id: orderId, checkout_id: checkout.id },
    last_payment_error: { code: 'card_declined', decline_code: 'generic_decline' },
  };
}
