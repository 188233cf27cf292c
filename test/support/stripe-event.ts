import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import type { Db } from '../../src/database/database.ts';

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
