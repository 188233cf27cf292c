import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Permission } from '../../src/shared/permissions.ts';
import { browserOf, colleague } from '../staff/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { hidden, openConsole, textOf } from './support.ts';

let shop: TestShop;
let admin: Awaited<ReturnType<typeof openConsole>>;
beforeAll(async () => {
  shop = await startShop();
  admin = await openConsole(shop);
});
afterAll(() => shop.stop());

/** Places and pays an order of units at $10.00, some days ago. */
async function sold(
  units: number,
  daysAgo: number,
  product: { variantId: string },
): Promise<string> {
  const { token } = await shop.customer();
  const { body } = await shop.order(token, product.variantId, units);
  await shop.pay(token, body.id);
  const then = sql<Date>`created_at - make_interval(days => ${daysAgo}::int)`;
  await shop.db.updateTable('orders').set({ created_at: then }).where('id', '=', body.id).execute();
  await shop.db
    .updateTable('payments')
    .set({ created_at: then })
    .where('order_id', '=', body.id)
    .execute();
  return body.id;
}

/** The tile of the page under a heading. */
const tile = (text: string, label: string) =>
  new RegExp(
    `<dt>(?:<a[^>]*>)?${label}(?:</a>)?</dt>\\s*<dd[^>]*>([^<]*)</dd>\\s*<dd[^>]*>([^<]*)<`,
  )
    .exec(text)
    ?.slice(1);

test('the dashboard shows what the database holds, by day, less what was refunded', async () => {
  const empty = await admin.open('/admin');
  expect(tile(empty.text, 'Last 30 days')).toEqual(['$0.00', '0 orders placed']);

  const product = await shop.product({ price: 1000, stock: 100, title: 'Ten dollar cup' });
  const scarce = await shop.product({ price: 1000, stock: 3, title: 'Scarce cup' });
  const today = await sold(1, 0, product);
  await sold(2, 3, product);
  await sold(4, 20, product);
  await sold(8, 40, product);
  const { token } = await shop.customer();
  await shop.order(token, scarce.variantId, 2);
  const page = await admin.open(`/admin/orders/${today}`);
  const refund = { amount: '2.50', reason: '', key: hidden(page.text, 'key') };
  expect((await admin.submit(`/admin/orders/${today}/refunds`, refund)).status).toBe(303);

  const { text } = await admin.open('/admin');
  expect(tile(text, 'Today')).toEqual(['$7.50', '2 orders placed']);
  expect(tile(text, 'Last 7 days')).toEqual(['$27.50', '3 orders placed']);
  expect(tile(text, 'Last 30 days')).toEqual(['$67.50', '4 orders placed']);
  expect(tile(text, 'To be sent')).toEqual(['4', 'paid orders']);
  expect(textOf(text)).toMatch(/Scarce cup 1 /);
  expect(text).not.toContain(`/admin/stock/${product.variantId}`);
  expect(text).toContain(`/admin/orders/${today}`);
});

test('money that was announced days ago counts on the day that it came in', async () => {
  const before = tile((await admin.open('/admin')).text, 'Today')?.[0];
  const product = await shop.product({ price: 1000 });
  const { token } = await shop.customer();
  const { body: order } = await shop.order(token, product.variantId, 2);
  await shop.api('POST', '/api/payments', { token, body: { orderId: order.id } });
  await shop.db
    .updateTable('payments')
    .set({ created_at: sql<Date>`created_at - interval '5 days'` })
    .where('order_id', '=', order.id)
    .execute();
  await admin.open(`/admin/orders/${order.id}`);
  expect((await admin.submit(`/admin/orders/${order.id}/paid`, {})).status).toBe(303);
  const after = tile((await admin.open('/admin')).text, 'Today')?.[0];
  const dollars = (text = '') => Number(text.replace('$', ''));
  expect(dollars(after) - dollars(before)).toBe(20);
});

test('the plots have their numbers as tables, one row for each of 30 days', async () => {
  const { text } = await admin.open('/admin');
  const [, revenue = '', orders = ''] = text.split('<figure');
  const days = (plot: string) => [
    ...plot.matchAll(/<th scope="row">([^<]+)<\/th><td[^>]*>([^<]+)</g),
  ];
  expect(days(revenue)).toHaveLength(30);
  expect(days(orders)).toHaveLength(30);
  const money = days(revenue).reduce(
    (sum, [, , value]) => sum + Number(value?.replace('$', '')),
    0,
  );
  const { total } = await shop.db
    .selectFrom('payments')
    .select(sql<number>`sum(amount - refunded_amount)::bigint`.as('total'))
    .where('created_at', '>', sql<Date>`now() - interval '30 days'`)
    .executeTakeFirstOrThrow();
  expect(Math.round(money * 100)).toBe(total);
});

test('an event that was parked is counted, shown with its payload, and can be applied again', async () => {
  const product = await shop.product();
  const { token } = await shop.customer();
  const { body } = await shop.order(token, product.variantId);
  const event = {
    id: 'evt_mismatch',
    type: 'payment_intent.succeeded',
    data: {
      object: {
        id: 'pi_mismatch',
        object: 'payment_intent',
        amount_received: 1,
        currency: 'usd',
        metadata: { order_id: body.id, checkout_id: '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10' },
      },
    },
  };
  await shop.db
    .insertInto('webhook_events')
    .values({
      provider: 'stripe',
      event_id: event.id,
      type: event.type,
      payload: JSON.stringify(event),
      note: null,
      correlation_id: 'from-stripe',
      settled_at: null,
    })
    .execute();
  await admin.open('/admin/webhooks/evt_mismatch');
  const replay = await admin.submit('/admin/webhooks/evt_mismatch/replay', {});
  expect([replay.status, replay.location]).toEqual([303, '/admin/webhooks/evt_mismatch']);
  const page = textOf((await admin.open('/admin/webhooks/evt_mismatch')).text);
  expect(page).toContain('It still does not match; the note says why.');
  expect(page).toContain('"amount_received": 1');
  expect(page).toContain('from-stripe');

  const counted = await admin.open('/admin');
  expect(tile(counted.text, 'Stripe events')).toEqual(['1', '1 parked, 0 failing']);
  expect((await admin.open('/admin/webhooks?state=parked')).text).toContain(
    '/admin/webhooks/evt_mismatch"',
  );
  expect((await admin.open('/admin/webhooks?state=applied')).text).not.toContain(
    '/admin/webhooks/evt_mismatch"',
  );
  expect((await admin.open('/admin/webhooks/evt_unknown')).status).toBe(404);
});

test('a customer is found by part of their address, with what they ordered and spent', async () => {
  const product = await shop.product({ price: 1500 });
  const { token, email, id } = await shop.customer();
  const { body } = await shop.order(token, product.variantId, 2);
  await shop.order(token, product.variantId, 1);
  await shop.pay(token, body.id);
  await until(async () =>
    (await admin.open(`/admin/orders/${body.id}`)).text.includes('Order paid'),
  );
  const found = textOf(
    (await admin.open(`/admin/customers?q=${email.slice(0, 30).toUpperCase()}`)).text,
  );
  expect(found).toMatch(new RegExp(`${email} Ada Byron 2 \\$30\\.00`));
  const page = await admin.open(`/admin/customers/${id}`);
  expect(page.text).toContain(`/admin/orders/${body.id}`);
  expect(textOf((await admin.open('/admin/customers?q=nobody-at-all')).text)).toContain(
    'Nobody with such an address',
  );
});

test('who may not read orders sees who buys here, and of nobody what they bought', async () => {
  const { token, email, id } = await shop.customer();
  const product = await shop.product({ price: 4321 });
  await shop.order(token, product.variantId, 1);
  const sees = async (permissions: Permission[]) => {
    const clerk = await colleague(shop, permissions);
    const browser = await browserOf(shop, clerk.email);
    const pages = [`/admin/customers?q=${email}`, `/admin/customers/${id}`];
    return Promise.all(pages.map(async (page) => textOf((await browser.open(page)).text)));
  };
  const [list, one] = await sees(['customers:read']);
  expect(list).toContain(`${email} Ada Byron`);
  for (const text of [list, one]) expect(text).not.toMatch(/Orders|Spent/);
  for (const text of await sees(['customers:read', 'orders:read']))
    expect(text).toMatch(/Orders .*Spent/);
});

test('the console signs a customer out everywhere, and nobody who works in it', async () => {
  const { id, token } = await shop.customer();
  const admin = await openConsole(shop);
  expect((await admin.open(`/admin/customers/${id}`)).text).toContain('Sign out everywhere');
  await admin.submit(`/admin/customers/${id}/sign-out`, {});
  expect((await admin.open(`/admin/customers/${id}`)).text).toContain('1 session is signed out.');
  expect((await shop.api('GET', '/api/auth/profile', { token })).status).toBe(401);
  const { id: own } = await shop.db
    .selectFrom('users')
    .select('id')
    .where('email', '=', shop.admin.email)
    .executeTakeFirstOrThrow();
  expect((await admin.open(`/admin/customers/${own}`)).text).not.toContain('Sign out everywhere');
  expect((await admin.submit(`/admin/customers/${own}/sign-out`, {})).status).toBe(404);
});
