import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { chargesOf, control, mugs, paidSession, sdkFor, start } from './support.ts';

test('the same request under the same key gets the first answer again and does nothing more', async () => {
  const { stripe } = await start();
  const first = await stripe.checkout.sessions.create(mugs(), { idempotencyKey: 'order-1' });
  const again = await stripe.checkout.sessions.create(mugs(), { idempotencyKey: 'order-1' });
  expect(again).toEqual(first);
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(again.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
  expect((await stripe.checkout.sessions.list()).data).toHaveLength(1);
});

test('another request under a used key is an idempotency error', async () => {
  const running = await start();
  const { stripe } = running;
  await stripe.checkout.sessions.create(mugs(), { idempotencyKey: 'order-1' });
  const changed = mugs({ client_reference_id: 'other' });
  await expect(
    stripe.checkout.sessions.create(changed, { idempotencyKey: 'order-1' }),
  ).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
  const paid = await paidSession(running);
  await expect(
    stripe.refunds.create({ charge: paid.charge }, { idempotencyKey: 'order-1' }),
  ).rejects.toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
});

test('a key whose request is still running answers 409, and one session comes of ten at once', async () => {
  const running = await start();
  await control(running, 'POST', '/faults', { latencyMs: 150, times: 1 });
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () =>
      running.stripe.checkout.sessions.create(mugs(), { idempotencyKey: 'order-1' }),
    ),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) {
    expect(reason).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  }
  expect((await running.stripe.checkout.sessions.list()).data).toHaveLength(1);
});

test('a refusal found while working is kept, one found before it is not', async () => {
  const running = await start();
  const { stripe } = running;
  const paid = await paidSession(running);
  await stripe.refunds.create({ charge: paid.charge });
  const refund = () =>
    stripe.refunds.create({ charge: paid.charge }, { idempotencyKey: 'refund-1' });
  await expect(refund()).rejects.toMatchObject({ code: 'charge_already_refunded' });
  await expect(refund()).rejects.toMatchObject({ headers: { 'idempotent-replayed': 'true' } });
  const key = { idempotencyKey: 'order-2' };
  await expect(
    stripe.checkout.sessions.create(mugs({ line_items: [] }), key),
  ).rejects.toMatchObject({
    statusCode: 400,
  });
  expect(await stripe.checkout.sessions.create(mugs(), key)).toMatchObject({ status: 'open' });
});

test('work whose answer was lost is not done again when the SDK retries', async () => {
  const running = await start();
  const paid = await paidSession(running);
  await control(running, 'POST', '/faults', { timeoutAfterWork: 'drop', times: 1 });
  const patient = sdkFor(running.standIn.url);
  const refund = await patient.refunds.create(
    { charge: paid.charge, amount: 100 },
    { maxNetworkRetries: 2 },
  );
  expect(refund.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(await running.stripe.charges.retrieve(paid.charge)).toMatchObject({
    amount_refunded: 100,
  });
  expect(await chargesOf(running)).toHaveLength(1);
});
