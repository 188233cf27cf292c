import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { line, mugs, paidSession, payWith, sdkFor, start } from './support.ts';

test('a new session is open and unpaid, has its total and its page, and no payment intent yet', async () => {
  const { standIn, stripe } = await start();
  const session = await stripe.checkout.sessions.create(
    mugs({ client_reference_id: 'order-1', metadata: { orderId: 'order-1' } }),
  );
  expect(session).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
    amount_total: 3998,
    currency: 'usd',
    client_reference_id: 'order-1',
    metadata: { orderId: 'order-1' },
    payment_intent: null,
    url: `${standIn.url}/pay/${session.id}`,
  });
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ id: session.id });
});

test('line items come by their own list, and with the session where asked for', async () => {
  const { stripe } = await start();
  const created = await stripe.checkout.sessions.create(
    mugs({
      line_items: [line('usd', 100, 3, 'Spoon'), line('usd', 250, 1, 'Bowl')],
      expand: ['line_items'],
    }),
  );
  const lines = await stripe.checkout.sessions.listLineItems(created.id, { limit: 1 });
  expect(lines).toMatchObject({
    has_more: true,
    data: [{ description: 'Spoon', quantity: 3, amount_total: 300 }],
  });
  expect(created.line_items?.data.map((item) => item.description)).toEqual(['Spoon', 'Bowl']);
  const plain = await stripe.checkout.sessions.retrieve(created.id);
  expect(plain.line_items).toBeUndefined();
});

test('the browser address follows the public base where one is set', async () => {
  const { stripe } = await start({ publicUrl: 'https://pay.shop.test/' });
  const session = await stripe.checkout.sessions.create(mugs());
  expect(session.url).toBe(`https://pay.shop.test/pay/${session.id}`);
});

test.each([
  ['29 minutes', 29 * 60, /at least 30 minutes/],
  ['25 hours', 25 * 3600, /less than 24 hours/],
])('a session that would end after %s is refused', async (_name, seconds, message) => {
  const { stripe } = await start();
  const expires_at = Math.floor(Date.now() / 1000) + seconds;
  await expect(stripe.checkout.sessions.create(mugs({ expires_at }))).rejects.toMatchObject({
    statusCode: 400,
    type: 'StripeInvalidRequestError',
    param: 'expires_at',
    message: expect.stringMatching(message),
  });
});

test.each([
  ['no lines', { line_items: [] }, 'parameter_missing', 'line_items'],
  [
    'a negative price',
    { line_items: [line('usd', -1)] },
    'parameter_invalid_integer',
    'line_items[0][price_data][unit_amount]',
  ],
  [
    'a price with a fraction',
    { line_items: [line('usd', 1.5)] },
    'parameter_invalid_integer',
    'line_items[0][price_data][unit_amount]',
  ],
  [
    'a quantity of nothing',
    { line_items: [line('usd', 100, 0)] },
    'parameter_invalid_integer',
    'line_items[0][quantity]',
  ],
  [
    'a total below the minimum',
    { line_items: [line('usd', 49)] },
    'amount_too_small',
    'line_items',
  ],
  [
    'a total above the maximum',
    { line_items: [line('usd', 99_999_999, 2)] },
    'amount_too_large',
    'line_items',
  ],
  ['two currencies', { line_items: [line('usd', 100), line('eur', 100)] }, undefined, 'line_items'],
  [
    'a currency nobody knows',
    { line_items: [line('zzz', 100)] },
    undefined,
    'line_items[0][price_data][currency]',
  ],
  ['an address that is none', { success_url: 'shop' }, 'url_invalid', 'success_url'],
  ['subscriptions', { mode: 'subscription' }, undefined, 'mode'],
  ['a parameter nobody knows', { colour: 'red' }, 'parameter_unknown', 'colour'],
])('a session with %s is refused as Stripe refuses it', async (_name, changes, code, param) => {
  const { stripe } = await start();
  await expect(stripe.checkout.sessions.create(mugs(changes as object))).rejects.toMatchObject({
    statusCode: 400,
    type: 'StripeInvalidRequestError',
    code,
    param,
  });
});

test('expiring an open session ends it, and an ended session cannot be expired again', async () => {
  const running = await start();
  const { stripe } = running;
  const session = await stripe.checkout.sessions.create(mugs());
  expect(await stripe.checkout.sessions.expire(session.id)).toMatchObject({
    status: 'expired',
    url: null,
  });
  await expect(stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({
    statusCode: 400,
  });
  expect(await payWith(running, session.id, '4242424242424242')).toMatchObject({ status: 409 });
});

test('a session whose time is over expires by itself, with its event', async () => {
  let clock = Date.now();
  const { stripe } = await start({ clock: () => clock });
  const session = await stripe.checkout.sessions.create(mugs());
  clock += 25 * 3600 * 1000;
  const retrieved = () => stripe.checkout.sessions.retrieve(session.id);
  await until(async () => (await retrieved()).status === 'expired');
  const events = await stripe.events.list({ type: 'checkout.session.expired' });
  expect(events.data).toHaveLength(1);
});

test('lists go newest first, in pages that follow their cursors both ways', async () => {
  const { stripe } = await start();
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    ids.unshift((await stripe.checkout.sessions.create(mugs())).id);
  }
  const first = await stripe.checkout.sessions.list({ limit: 2 });
  expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(first.has_more).toBe(true);
  const before = await stripe.checkout.sessions.list({ limit: 2, ending_before: ids[4] ?? '' });
  expect(before.data.map(({ id }) => id)).toEqual(ids.slice(2, 4));
  const everything = await stripe.checkout.sessions
    .list({ limit: 2 })
    .autoPagingToArray({ limit: 100 });
  expect(everything.map(({ id }) => id)).toEqual(ids);
  const future = Math.floor(Date.now() / 1000) + 60;
  expect((await stripe.checkout.sessions.list({ created: { gte: future } })).data).toEqual([]);
  await expect(stripe.checkout.sessions.list({ limit: 101 })).rejects.toMatchObject({
    param: 'limit',
  });
  await expect(stripe.checkout.sessions.list({ starting_after: 'cs_none' })).rejects.toMatchObject({
    code: 'resource_missing',
  });
});

test('ids expand into objects, through several levels and inside lists', async () => {
  const running = await start();
  const paid = await paidSession(running);
  const session = await running.stripe.checkout.sessions.retrieve(paid.sessionId, {
    expand: ['payment_intent.latest_charge.balance_transaction', 'payment_intent.payment_method'],
  });
  expect(session.payment_intent).toMatchObject({
    id: paid.paymentIntent,
    payment_method: { card: { last4: '4242', brand: 'visa' } },
    latest_charge: { id: paid.charge, balance_transaction: { amount: 3998 } },
  });
  const intents = await running.stripe.paymentIntents.list({ expand: ['data.latest_charge'] });
  expect(intents.data[0]?.latest_charge).toMatchObject({ id: paid.charge });
  await expect(
    running.stripe.checkout.sessions.retrieve(paid.sessionId, { expand: ['status'] }),
  ).rejects.toMatchObject({ statusCode: 400 });
});

test('without a test key there is a 401, and an unknown id or address is a 404', async () => {
  const { standIn, stripe } = await start();
  const live = sdkFor(standIn.url, 'sk_live_real');
  await expect(live.charges.list()).rejects.toMatchObject({
    statusCode: 401,
    type: 'StripeAuthenticationError',
  });
  expect((await fetch(`${standIn.url}/v1/charges`)).status).toBe(401);
  const basic = `Basic ${Buffer.from('sk_test_mainstay:').toString('base64')}`;
  const byBasic = await fetch(`${standIn.url}/v1/charges`, { headers: { authorization: basic } });
  expect(byBasic.status).toBe(200);
  expect(byBasic.headers.get('request-id')).toMatch(/^req_/);
  await expect(stripe.charges.retrieve('ch_none')).rejects.toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    param: 'id',
  });
  await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 404 });
});

test('a payment intent of Checkout cannot be canceled by itself', async () => {
  const running = await start();
  const paid = await paidSession(running);
  await expect(running.stripe.paymentIntents.cancel(paid.paymentIntent)).rejects.toMatchObject({
    code: 'payment_intent_unexpected_state',
  });
});
