import { expect, test } from 'vitest';
import { chargesOf, line, mugs, type Running, start } from './support.ts';

const GOOD = {
  cardNumber: '4242 4242 4242 4242',
  cardExpiry: '12 / 34',
  cardCvc: '123',
  billingName: 'Ada Shopper',
};

async function openPage(running: Running, changes: Parameters<typeof mugs>[0] = {}) {
  const session = await running.stripe.checkout.sessions.create(mugs(changes));
  return { id: session.id, url: session.url ?? '' };
}

async function get(url: string) {
  const response = await fetch(url, { redirect: 'manual' });
  return {
    status: response.status,
    text: await response.text(),
    location: response.headers.get('location'),
  };
}

async function submit(url: string, fields: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  return {
    status: response.status,
    text: await response.text(),
    location: response.headers.get('location'),
  };
}

test('the page names merchant, lines and total, says it is a test, and lists the test cards', async () => {
  const running = await start();
  const { url } = await openPage(running, { customer_email: 'ada@example.com' });
  const { status, text } = await get(url);
  expect(status).toBe(200);
  for (const part of [
    'Mainstay',
    'Stoneware mug',
    '$39.98',
    '$19.99 each',
    'no real money',
    '4000 0000 0000 9995',
    'ada@example.com',
    'href="http://shop.test/cart"',
    'autocomplete="cc-number"',
  ]) {
    expect(text).toContain(part);
  }
});

test.each([
  ['usd', 1999, '$19.99'],
  ['jpy', 2000, '¥2,000'],
  ['kwd', 12_345, '12.345'],
])('a total in %s is written with its own decimals', async (currency, amount, shown) => {
  const running = await start();
  const { url } = await openPage(running, { line_items: [line(currency, amount)] });
  expect((await get(url)).text).toContain(shown);
});

test('what the shop sent is shown as text, never as markup', async () => {
  const running = await start();
  const { url } = await openPage(running, {
    line_items: [line('usd', 500, 1, '<script>alert(1)</script>')],
  });
  expect((await get(url)).text).not.toContain('<script>');
});

test('paying leads to the success address with the session id, and the page then says it is paid', async () => {
  const running = await start();
  const { id, url } = await openPage(running);
  const paid = await submit(url, GOOD);
  expect(paid).toMatchObject({ status: 303, location: `http://shop.test/orders/1?session=${id}` });
  expect(await submit(url, GOOD)).toMatchObject({ status: 303, location: paid.location });
  expect((await get(url)).text).toContain('This payment is complete');
  expect(await chargesOf(running)).toHaveLength(1);
  const session = await running.stripe.checkout.sessions.retrieve(id);
  expect(session.customer_details?.name).toBe('Ada Shopper');
});

test('two submissions of the form at once make one charge, and both lead to the shop', async () => {
  const running = await start();
  const { id, url } = await openPage(running);
  const results = await Promise.all([submit(url, GOOD), submit(url, GOOD)]);
  const toTheShop = { status: 303, location: `http://shop.test/orders/1?session=${id}` };
  expect(results).toMatchObject([toTheShop, toTheShop]);
  expect(await chargesOf(running)).toHaveLength(1);
});

test.each([
  ['a mistyped number', { cardNumber: '4242 4242 4242 4241' }, 'Your card number is invalid'],
  ['a past expiry date', { cardExpiry: '01 / 20' }, 'in the past'],
  ['an impossible month', { cardExpiry: '13/34' }, 'as month and year'],
  ['no security code', { cardCvc: '' }, 'security code'],
  ['no name', { billingName: '' }, 'name on the card'],
])(
  '%s is explained, what was typed is kept except the security code, nothing is charged',
  async (_name, changes, message) => {
    const running = await start();
    const { url } = await openPage(running);
    const typed = { ...GOOD, ...changes, cardCvc: 'cardCvc' in changes ? '' : '987' };
    const { status, text } = await submit(url, typed);
    expect(status).toBe(422);
    expect(text).toContain(message);
    expect(text).toContain(`value="${typed.cardNumber}"`);
    expect(text).not.toContain('value="987"');
    expect(await chargesOf(running)).toEqual([]);
  },
);

test('a number that could be a real card is refused and not shown again', async () => {
  const running = await start();
  const { url } = await openPage(running);
  const { text } = await submit(url, { ...GOOD, cardNumber: '4111 1111 1111 1111' });
  expect(text).toContain('not a test card');
  expect(text).not.toContain('4111 1111');
});

test('a declined card is explained and another card then pays', async () => {
  const running = await start();
  const { url } = await openPage(running);
  const declined = await submit(url, { ...GOOD, cardNumber: '4000000000009995' });
  expect(declined.status).toBe(402);
  expect(declined.text).toContain('Your card has insufficient funds.');
  expect((await submit(url, GOOD)).status).toBe(303);
});

test('3-D Secure asks on a page of its own; failing leads back, completing pays', async () => {
  const running = await start();
  const { url } = await openPage(running);
  const card = { ...GOOD, cardNumber: '4000002500003155' };
  const asked = await submit(url, card);
  expect(asked).toMatchObject({ status: 303, location: expect.stringMatching(/\/authenticate$/) });
  const challenge = `${url}/authenticate`;
  expect((await get(challenge)).text).toContain('Complete authentication');
  const failed = await submit(challenge, { result: 'fail' });
  expect(failed.status).toBe(303);
  expect((await get(url)).text).toContain('We are unable to authenticate your payment method');
  expect((await submit(challenge, { result: 'complete' })).location).toMatch(/^\/pay\//);
  expect(await chargesOf(running)).toEqual([]);
  await submit(url, card);
  const passed = await Promise.all([1, 2].map(() => submit(challenge, { result: 'complete' })));
  expect(passed.map(({ location }) => location)).toEqual([
    expect.stringContaining('http://shop.test/'),
    expect.stringContaining('http://shop.test/'),
  ]);
  expect(await chargesOf(running)).toHaveLength(1);
});

test('an expired session says so, with the way back to the shop', async () => {
  const running = await start();
  const { id, url } = await openPage(running);
  await running.stripe.checkout.sessions.expire(id);
  expect((await get(url)).text).toContain('This checkout has expired');
  expect((await submit(url, GOOD)).status).toBe(410);
  expect((await get(`${running.standIn.url}/pay/cs_test_none`)).status).toBe(404);
});

test('a test card can be filled in by a link, and the receipt of a charge can be seen', async () => {
  const running = await start();
  const { url, id } = await openPage(running);
  expect((await get(`${url}?fill=amex`)).text).toContain('value="3782 822463 10005"');
  await submit(url, GOOD);
  const [charge] = await chargesOf(running);
  expect(charge?.sessionId).toBe(id);
  const receipt = await running.stripe.charges.retrieve(charge?.id ?? '');
  expect((await get(receipt.receipt_url ?? '')).text).toContain('ending in 4242');
});
