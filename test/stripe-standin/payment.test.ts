import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chargesOf, line, mugs, paidSession, payWith, start } from './support.ts';

test.each(['4242424242424242', '5555 5555 5555 4444', '378282246310005'])(
  'the card %s pays a session once',
  async (card) => {
    const running = await start();
    const session = await running.stripe.checkout.sessions.create(
      mugs({ payment_intent_data: { metadata: { orderId: 'order-1' } } }),
    );
    const { status, body } = await payWith(running, session.id, card);
    expect(status).toBe(200);
    expect(body).toMatchObject({ sessionId: session.id, status: 'succeeded' });
    expect(await running.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      payment_intent: body.paymentIntent,
      url: null,
    });
    expect(await running.stripe.charges.retrieve(body.charge)).toMatchObject({
      amount: 3998,
      paid: true,
      metadata: { orderId: 'order-1' },
    });
    expect(await payWith(running, session.id, card)).toMatchObject({ status: 409 });
    expect(await chargesOf(running)).toHaveLength(1);
  },
);

test.each([
  ['4000000000000002', 'card_declined', 'generic_decline'],
  ['4000000000009995', 'card_declined', 'insufficient_funds'],
  ['4000000000009987', 'card_declined', 'lost_card'],
  ['4000000000000069', 'expired_card', 'expired_card'],
  ['4000000000000127', 'incorrect_cvc', 'incorrect_cvc'],
  ['4000000000000119', 'processing_error', 'processing_error'],
])(
  'the card %s is declined with %s (%s), and another card still pays',
  async (card, code, decline_code) => {
    const running = await start();
    const session = await running.stripe.checkout.sessions.create(mugs());
    const declined = await payWith(running, session.id, card);
    expect(declined).toMatchObject({
      status: 402,
      body: { error: { type: 'card_error', code, decline_code } },
    });
    const open = await running.stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent'],
    });
    expect(open).toMatchObject({
      status: 'open',
      payment_intent: {
        status: 'requires_payment_method',
        latest_charge: declined.body.error.charge,
        last_payment_error: { code, decline_code },
      },
    });
    const paid = await payWith(running, session.id, '4242424242424242');
    expect(paid.body.paymentIntent).toBe(
      typeof open.payment_intent === 'object' ? open.payment_intent?.id : open.payment_intent,
    );
    expect((await chargesOf(running)).map(({ status }) => status)).toEqual(['failed', 'succeeded']);
  },
);

test.each(['4000002500003155', '4000002760003184', '4000000000003220'])(
  'the card %s pays when 3-D Secure succeeds and is refused without a charge when it fails',
  async (card) => {
    const running = await start();
    const session = await running.stripe.checkout.sessions.create(mugs());
    const failed = await payWith(running, session.id, card, { authentication: 'fail' });
    expect(failed).toMatchObject({
      status: 402,
      body: { error: { code: 'payment_intent_authentication_failure' } },
    });
    expect(await chargesOf(running)).toEqual([]);
    const passed = await payWith(running, session.id, card);
    expect(passed.status).toBe(200);
    const charge = await running.stripe.charges.retrieve(passed.body.charge);
    expect(charge.payment_method_details?.card?.three_d_secure?.result).toBe('authenticated');
  },
);

test('a number that is not a test card is refused without a charge', async () => {
  const running = await start();
  const session = await running.stripe.checkout.sessions.create(mugs());
  const unknown = await payWith(running, session.id, '4111111111111111');
  expect(unknown).toMatchObject({ status: 402, body: { error: { code: 'card_declined' } } });
  const wrong = await payWith(running, session.id, '4242424242424241');
  expect(wrong).toMatchObject({ status: 402, body: { error: { code: 'incorrect_number' } } });
  expect(await chargesOf(running)).toEqual([]);
  expect((await payWith(running, 'cs_test_none', '4242424242424242')).status).toBe(404);
});

test('twenty payments of one session at once make one charge', async () => {
  const running = await start();
  const session = await running.stripe.checkout.sessions.create(mugs());
  const results = await Promise.all(
    Array.from({ length: 20 }, () => payWith(running, session.id, '4242424242424242')),
  );
  expect(results.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(results.filter(({ status }) => status === 409)).toHaveLength(19);
  expect(await chargesOf(running)).toHaveLength(1);
});

test('no card number is written to disk or to the log', async () => {
  const lines: string[] = [];
  const running = await start({ log: (text) => lines.push(text) });
  await paidSession(running);
  const session = await running.stripe.checkout.sessions.create(mugs());
  await payWith(running, session.id, '4000000000000002');
  const journal = await readFile(join(running.dataDir, 'stripe', 'journal.jsonl'), 'utf8');
  expect(`${journal}${lines.join('\n')}`).not.toMatch(/4242424242424242|4000000000000002/);
  expect(journal).toContain('"last4":"4242"');
});

test('partial refunds add up to the charge and never beyond it', async () => {
  const running = await start();
  const { stripe } = running;
  const paid = await paidSession(running);
  const payment_intent = paid.paymentIntent;
  const first = await stripe.refunds.create({
    payment_intent,
    amount: 1000,
    reason: 'requested_by_customer',
    metadata: { refundId: 'r-1' },
    expand: ['charge'],
  });
  expect(first).toMatchObject({
    amount: 1000,
    status: 'succeeded',
    charge: { amount_refunded: 1000, refunded: false },
  });
  await expect(stripe.refunds.create({ payment_intent, amount: 2999 })).rejects.toMatchObject({
    statusCode: 400,
    message: 'Refund amount ($29.99) is greater than unrefunded amount on charge ($29.98)',
  });
  const rest = await stripe.refunds.create({ charge: paid.charge });
  expect(rest.amount).toBe(2998);
  expect(await stripe.charges.retrieve(paid.charge)).toMatchObject({
    amount_refunded: 3998,
    refunded: true,
    refunds: { data: [{ id: rest.id }, { id: first.id }] },
  });
  await expect(stripe.refunds.create({ payment_intent })).rejects.toMatchObject({
    code: 'charge_already_refunded',
  });
  const refunds = await stripe.refunds.list({ payment_intent });
  expect(refunds.data.map(({ id }) => id)).toEqual([rest.id, first.id]);
});

test('ten refunds of half the charge at once give back no more than was paid', async () => {
  const running = await start();
  const paid = await paidSession(running);
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () =>
      running.stripe.refunds.create({ charge: paid.charge, amount: 1999 }),
    ),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(await running.stripe.charges.retrieve(paid.charge)).toMatchObject({
    amount_refunded: 3998,
  });
});

test('a session whose only charge was declined has nothing to refund', async () => {
  const running = await start();
  const session = await running.stripe.checkout.sessions.create(mugs());
  const { body } = await payWith(running, session.id, '4000000000000002');
  await expect(
    running.stripe.refunds.create({ charge: body.error.charge ?? '' }),
  ).rejects.toMatchObject({ code: 'charge_not_refundable' });
});

test.each([
  ['jpy', 2000, 2000],
  ['kwd', 12_345, 12_345],
])('amounts in %s are charged in its own minor unit', async (currency, unitAmount, total) => {
  const running = await start();
  const paid = await paidSession(running, { line_items: [line(currency, unitAmount)] });
  expect(await running.stripe.charges.retrieve(paid.charge)).toMatchObject({
    amount: total,
    currency,
  });
});
