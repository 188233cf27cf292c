import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import {
  control,
  mugs,
  paidSession,
  type Running,
  receiver,
  sdkFor,
  start,
  WEBHOOK_SECRET,
} from './support.ts';

function fault(running: Running, settings: object) {
  return control(running, 'POST', '/faults', settings);
}

test('a number of requests fail as ordered, then the API works again', async () => {
  const running = await start();
  for (const [status, type] of [
    [500, 'StripeAPIError'],
    [429, 'StripeRateLimitError'],
    [409, 'StripeAPIError'],
  ] as const) {
    await fault(running, { failNext: 1, status });
    await expect(running.stripe.charges.list()).rejects.toMatchObject({ statusCode: status, type });
    expect((await running.stripe.charges.list()).data).toEqual([]);
  }
});

test('every request fails while the failure rate is one, only those that match where told', async () => {
  const running = await start();
  await fault(running, { failRate: 1, match: '/v1/refunds' });
  await expect(running.stripe.refunds.list()).rejects.toMatchObject({ statusCode: 500 });
  await running.stripe.charges.list();
  await fault(running, { clear: true });
  await running.stripe.refunds.list();
});

test('a request can be slow, dropped before its work, or done and never answered', async () => {
  const running = await start();
  await fault(running, { latencyMs: 200, times: 1 });
  const before = Date.now();
  await running.stripe.charges.list();
  expect(Date.now() - before).toBeGreaterThanOrEqual(195);

  await fault(running, { down: true });
  await expect(running.stripe.checkout.sessions.create(mugs())).rejects.toMatchObject({
    type: 'StripeConnectionError',
  });
  await fault(running, { down: false });
  expect((await running.stripe.checkout.sessions.list()).data).toEqual([]);

  await fault(running, { timeoutAfterWork: true, times: 1 });
  await expect(
    sdkFor(running.standIn.url).checkout.sessions.create(mugs(), { timeout: 300 }),
  ).rejects.toMatchObject({ type: 'StripeConnectionError' });
  expect((await running.stripe.checkout.sessions.list()).data).toHaveLength(1);
});

test('faults are shown, counted down, cleared, and refused where nobody knows them', async () => {
  const running = await start();
  await fault(running, { latencyMs: 1, times: 2 });
  await running.stripe.charges.list();
  expect((await control(running, 'GET', '/faults')).body).toMatchObject({
    latencyMs: { value: 1, timesLeft: 1 },
  });
  await running.stripe.charges.list();
  expect((await control(running, 'GET', '/faults')).body).toEqual({});
  expect((await fault(running, { latency: 5 })).status).toBe(400);
});

test('webhooks can come twice, in reverse, late or never', async () => {
  const endpoint = await receiver();
  const running = await start({ webhookUrl: endpoint.url });
  const completed = () =>
    endpoint.received.filter(({ event }) => event.type === 'checkout.session.completed').length;

  await fault(running, { duplicate: 2, match: 'checkout.session.completed' });
  await paidSession(running);
  await until(() => completed() === 3 && endpoint.received.length === 6);

  endpoint.received.length = 0;
  await fault(running, { clear: true, reorder: true });
  await paidSession(running);
  await until(() => endpoint.received.length === 4);
  expect(endpoint.received.map(({ event }) => event.type)).toEqual([
    'checkout.session.completed',
    'payment_intent.succeeded',
    'charge.succeeded',
    'payment_intent.created',
  ]);

  endpoint.received.length = 0;
  await fault(running, { clear: true, drop: 3, delayMs: 300 });
  const before = Date.now();
  await paidSession(running);
  await until(() => endpoint.received.length === 1);
  expect(Date.now() - before).toBeGreaterThanOrEqual(295);
  expect(completed()).toBe(1);
  expect((await control(running, 'POST', '/webhooks/flush')).body).toMatchObject({ pending: 0 });
});

test('a webhook can have a bad signature once, or claim another amount than was paid', async () => {
  const endpoint = await receiver((_received, index) => (index === 0 ? 400 : 200));
  const running = await start({ webhookUrl: endpoint.url });
  const { webhooks } = running.stripe;
  await fault(running, { badSignature: true, times: 1 });
  await fault(running, { wrongAmount: 1 });
  const paid = await paidSession(running);
  await until(() => endpoint.received.length === 5);
  const [forged] = endpoint.received;
  expect(() =>
    webhooks.constructEvent(forged?.raw ?? '', forged?.signature ?? '', WEBHOOK_SECRET),
  ).toThrow(/signature/);
  const lie = endpoint.received.find(({ event }) => event.type === 'checkout.session.completed');
  const event = webhooks.constructEvent(lie?.raw ?? '', lie?.signature ?? '', WEBHOOK_SECRET);
  expect(event.data.object).toMatchObject({ amount_total: 1 });
  expect(await running.stripe.checkout.sessions.retrieve(paid.sessionId)).toMatchObject({
    amount_total: 3998,
  });
});
