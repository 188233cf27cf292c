import { pino } from 'pino';
import type Stripe from 'stripe';
import { inTransaction } from '../../src/database/database.ts';
import type { Order } from '../../src/modules/orders/orders.model.ts';
import { getOrder } from '../../src/modules/orders/orders.service.ts';
import { insertCheckout, markOpen } from '../../src/modules/payments/checkout.repository.ts';
import { listPayments } from '../../src/modules/payments/payments.service.ts';
import { receiveEvent } from '../../src/modules/payments/receive-event.service.ts';
import { applyEvent, getEvent } from '../../src/modules/payments/webhooks.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { newMarks, withCorrelation } from '../../src/telemetry/context.ts';
import type { BareShop } from './support.ts';

/** How a shop is paid: its payment pages, and what Stripe tells of them. */
export function payingAt({ db, metrics, order: place }: BareShop) {
  const logged: { level: number; msg: string; [more: string]: unknown }[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  /** What was found out about the last event on its way. */
  const found = { marks: newMarks() };
  const deps = { db, logger, metrics, stripe: { mode: 'test' as const } };

  /** Opens a payment page of an order; its id. */
  async function openPage({ id, total }: Order): Promise<string> {
    const checkoutId = newId();
    const row = { id: checkoutId, orderId: id, ...total, email: 'a@b.example', minutes: 31 };
    await inTransaction(db, (tx) => insertCheckout(tx, row));
    const url = 'https://pay.example';
    await markOpen(db, checkoutId, { sessionId: `cs_${checkoutId}`, url, expiresAt: new Date() });
    return checkoutId;
  }

  return {
    ...{ deps, logged, found, openPage },

    /** An order whose payment page is open, with what Stripe's objects say once it is paid. */
    async onPage() {
      const order = await place();
      const checkoutId = await openPage(order);
      const { amount } = order.total;
      const metadata = { order_id: order.id, checkout_id: checkoutId };
      const [sessionId, intentId] = [`cs_${checkoutId}`, `pi_${checkoutId}`];
      return {
        ...{ order, checkoutId, intentId },
        session: {
          ...{ id: sessionId, payment_status: 'paid', payment_intent: intentId, metadata },
          ...{ client_reference_id: order.id, amount_total: amount, currency: 'usd' },
        },
        intent: { id: intentId, amount, amount_received: amount, currency: 'usd', metadata },
      };
    },

    /** Has an event arrive that says something of an object, and applies it; what became of it. */
    async happen(type: string, object: object, id = `evt_${newId()}`): Promise<string> {
      const event = { id, type, livemode: false, data: { object } };
      await receiveEvent(deps, event as Stripe.Event, JSON.stringify(event));
      found.marks = newMarks();
      await withCorrelation(id, () => applyEvent(deps, id), found.marks);
      const { state, note } = await getEvent(db, id);
      return note === null ? state : `${state}: ${note}`;
    },

    status: async ({ id }: Pick<Order, 'id'>) => (await getOrder(db, null, id)).status,

    /** The payments of an order, the newest first. */
    payments: async ({ id }: Pick<Order, 'id'>) =>
      (await listPayments(db, null, { orderId: id }, { limit: 10 })).data,

    async pageStatus(id: string) {
      const query = db.selectFrom('checkout_sessions').select('status').where('id', '=', id);
      return (await query.executeTakeFirst())?.status;
    },

    /** How many of Stripe's events had an outcome. */
    async outcomes(outcome: string): Promise<number> {
      const { values } = await metrics.webhooks.get();
      return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
    },
  };
}
