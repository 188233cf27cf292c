import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Permission } from '../../src/shared/permissions.ts';
import { hidden, textOf } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { browserOf, colleague } from './support.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const care: Permission[] = ['orders:read', 'refunds:read', 'refunds:write'];
const usd = (amount: number) => ({ amount, currency: 'USD' });

/** An order of 100 dollars, paid by hand. */
async function paidOrder(currency = 'USD'): Promise<string> {
  const buyer = await shop.customer();
  const { variantId } = await shop.product({ price: 10_000, currency });
  const { body } = await shop.order(buyer.token, variantId);
  const token = await shop.adminToken();
  await shop.api('PUT', `/api/orders/${body.id}`, { token, body: { status: 'paid' } });
  return String(body.id);
}

const refund = (token: string, order: string, amount: number, currency = 'USD') =>
  shop.api('POST', `/api/orders/${order}/refunds`, {
    token,
    body: { amount: { amount, currency } },
  });

const spent = async (actorId: string) => {
  const { sum } = await shop.db
    .selectFrom('refunds')
    .select(sql<number>`coalesce(sum(amount), 0)::bigint`.as('sum'))
    .where('actor_id', '=', actorId)
    .executeTakeFirstOrThrow();
  return Number(sum);
};

test('somebody refunds up to what their role allows in a day, and is told what is left', async () => {
  const clerk = await colleague(shop, care, [usd(5000)]);
  const order = await paidOrder();
  expect((await refund(clerk.token, order, 3000)).status).toBe(201);
  const refused = await refund(clerk.token, order, 2001);
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  expect(refused.body.detail).toContain('$50.00 within 24 hours; $20.00 of it is left');
  expect((await refund(clerk.token, order, 2000)).status).toBe(201);
  expect((await refund(clerk.token, order, 1)).status).toBe(403);
  expect(await spent(clerk.id)).toBe(5000);
});

test('of twenty refunds at once on as many orders no more goes out than is allowed', async () => {
  const clerk = await colleague(shop, care, [usd(5000)]);
  const orders = await Promise.all(Array.from({ length: 20 }, () => paidOrder()));
  const answers = await Promise.all(orders.map((order) => refund(clerk.token, order, 1000)));
  const counted = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect([counted(201), counted(403)]).toEqual([5, 15]);
  expect(await spent(clerk.id)).toBe(5000);
});

test('keys of somebody spend what they may themselves', async () => {
  const permissions: Permission[] = [...care, 'staff:read', 'staff:write'];
  const lead = await colleague(shop, permissions, [usd(5000)]);
  const made = await lead.api('POST', '/api/api-keys', {
    name: 'Till',
    scopes: care,
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  });
  const order = await paidOrder();
  expect((await refund(made.body.key, order, 3000)).status).toBe(201);
  expect((await refund(lead.token, order, 2500)).status).toBe(403);
  expect((await refund(lead.token, order, 2000)).status).toBe(201);
  expect((await refund(made.body.key, order, 1)).status).toBe(403);
  expect([await spent(made.body.id), await spent(lead.id)]).toEqual([3000, 2000]);
});

test('a currency that the role does not name is refunded by nobody of it', async () => {
  const clerk = await colleague(shop, care, [usd(5000)]);
  const refused = await refund(clerk.token, await paidOrder('EUR'), 1, 'EUR');
  expect([refused.status, refused.body.detail]).toEqual([
    403,
    'Your role does not allow refunds in EUR.',
  ]);
});

test('without a limit, and as an owner, all that was paid can go back', async () => {
  const clerk = await colleague(shop, care);
  expect((await refund(clerk.token, await paidOrder(), 10_000)).status).toBe(201);
  expect((await refund(await shop.adminToken(), await paidOrder(), 10_000)).status).toBe(201);
});

test('what was refunded more than a day ago, or failed, does not count', async () => {
  const clerk = await colleague(shop, care, [usd(5000)]);
  const order = await paidOrder();
  expect((await refund(clerk.token, order, 5000)).status).toBe(201);
  await shop.db
    .updateTable('refunds')
    .set({ created_at: sql<Date>`now() - interval '25 hours'` })
    .where('actor_id', '=', clerk.id)
    .execute();
  expect((await refund(clerk.token, order, 5000)).status).toBe(201);
});

test('the console holds to the same limit and shows what is left beside the form', async () => {
  const clerk = await colleague(shop, care, [usd(5000)]);
  const order = await paidOrder();
  const browser = await browserOf(shop, clerk.email);
  const page = await browser.open(`/admin/orders/${order}`);
  const refused = await browser.submit(`/admin/orders/${order}/refunds`, {
    amount: '60.00',
    reason: '',
    key: hidden(page.text, 'key'),
  });
  expect(refused.status).toBe(403);
  expect(textOf(refused.text)).toContain('$50.00 of it is left');
  expect(await spent(clerk.id)).toBe(0);
});
