import { expect, test } from 'vitest';
import { nextAttemptAt } from '../../src/dev/stripe/retry-schedule.ts';
import { until } from '../support/until.ts';
import {
  control,
  mugs,
  paidSession,
  payWith,
  receiver,
  start,
  temporaryFolder,
  WEBHOOK_SECRET,
} from './support.ts';

const PAID = [
  'payment_intent.created',
  'charge.succeeded',
  'payment_intent.succeeded',
  'checkout.session.completed',
];

test('a payment is told in order, in webhooks that the SDK verifies by their raw body alone', async () => {
  const endpoint = await receiver();
  const running = await start({ webhookUrl: endpoint.url });
  const paid = await paidSession(running);
  await until(() => endpoint.received.length === 4);
  expect(endpoint.received.map(({ event }) => event.type)).toEqual(PAID);
  for (const { raw, signature, event } of endpoint.received) {
    const { webhooks } = running.stripe;
    expect(webhooks.constructEvent(raw, signature, WEBHOOK_SECRET).id).toBe(event.id);
    expect(() => webhooks.constructEvent(raw, signature, 'whsec_other')).toThrow(/signature/);
    const reprinted = JSON.stringify(JSON.parse(raw));
    expect(() => webhooks.constructEvent(reprinted, signature, WEBHOOK_SECRET)).toThrow(
      /signature/,
    );
  }
  expect(endpoint.received[3]?.event.data.object).toMatchObject({
    id: paid.sessionId,
    payment_status: 'paid',
    payment_intent: paid.paymentIntent,
  });
});

test('a decline and a refund are told too', async () => {
  const endpoint = await receiver();
  const running = await start({ webhookUrl: endpoint.url });
  const session = await running.stripe.checkout.sessions.create(mugs());
  await payWith(running, session.id, '4000000000000002');
  const { body } = await payWith(running, session.id, '4242424242424242');
  await running.stripe.refunds.create(
    { charge: body.charge, amount: 500 },
    { idempotencyKey: 'refund-1' },
  );
  await until(() => endpoint.received.length === 10);
  const types = endpoint.received.map(({ event }) => event.type);
  expect(types.slice(0, 3)).toEqual([
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
  ]);
  expect(types.slice(6)).toEqual([
    'refund.created',
    'charge.refunded',
    'refund.updated',
    'charge.refund.updated',
  ]);
  const refunded = endpoint.received[7]?.event;
  expect(refunded).toMatchObject({
    data: { object: { amount_refunded: 500 }, previous_attributes: { amount_refunded: 0 } },
    request: { idempotency_key: 'refund-1' },
  });
});

test('a webhook that is not answered with 2xx comes again within about a second', async () => {
  const endpoint = await receiver((_received, index) => (index === 0 ? 500 : 204));
  const { stripe } = await start({ webhookUrl: endpoint.url });
  const session = await stripe.checkout.sessions.create(mugs());
  await stripe.checkout.sessions.expire(session.id);
  await until(() => endpoint.received.length === 2);
  expect(nextAttemptAt(1, 0, 0)).toBeLessThanOrEqual(1000);
  const [first, second] = endpoint.received;
  expect(second?.event.id).toBe(first?.event.id);
  const retrieved = () => stripe.events.retrieve(first?.event.id ?? '');
  await until(async () => (await retrieved()).pending_webhooks === 0);
});

test('a webhook that fails does not hold up those of other payments', async () => {
  const endpoint = await receiver(({ event }) =>
    event.type === 'checkout.session.expired' ? 500 : 200,
  );
  const running = await start({ webhookUrl: endpoint.url });
  const session = await running.stripe.checkout.sessions.create(mugs());
  await running.stripe.checkout.sessions.expire(session.id);
  await paidSession(running);
  await until(() =>
    endpoint.received.some(({ event }) => event.type === 'checkout.session.completed'),
  );
});

test('webhooks that nobody took are delivered after a restart', async () => {
  const dataDir = await temporaryFolder();
  const down = await receiver(() => 503);
  const first = await start({ dataDir, webhookUrl: down.url });
  await paidSession(first);
  await first.standIn.close();
  const up = await receiver();
  await start({ dataDir, webhookUrl: up.url });
  await until(() => up.received.length === 4);
  expect(new Set(up.received.map(({ event }) => event.type))).toEqual(new Set(PAID));
});

test('flushing tries everything pending now, and an endpoint can be named later', async () => {
  const endpoint = await receiver(() => 500);
  const running = await start({ webhookUrl: endpoint.url });
  await paidSession(running);
  await until(() => endpoint.received.length >= 4);
  const good = await receiver();
  await control(running, 'PUT', '/webhooks/endpoint', { url: good.url });
  await control(running, 'POST', '/webhooks/flush');
  expect(good.received.length).toBe(4);
  const again = await control(running, 'POST', '/webhooks/flush');
  expect(again.body).toEqual({ delivered: 0, failed: 0, pending: 0 });
});

test('an event can be sent again', async () => {
  const endpoint = await receiver();
  const running = await start({ webhookUrl: endpoint.url });
  await paidSession(running);
  await until(() => endpoint.received.length === 4);
  const id = endpoint.received[3]?.event.id;
  const { body } = await control(running, 'POST', '/events/resend', { id });
  expect(body).toEqual({ id, delivered: true });
  expect(endpoint.received.filter(({ event }) => event.id === id)).toHaveLength(2);
  expect((await control(running, 'POST', '/events/resend', { id: 'evt_none' })).status).toBe(404);
});
