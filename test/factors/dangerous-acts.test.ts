import { afterAll, beforeEach, expect, test } from 'vitest';
import { openConsole } from '../admin/support.ts';
import { startShop } from '../support/shop.ts';
import { letProofsAge } from './support.ts';

const shop = await startShop();
afterAll(() => shop.stop());
let adminId: string;
beforeEach(async () => {
  const token = await shop.adminToken();
  adminId = (await shop.api('GET', '/api/auth/profile', { token })).body.id;
});

test('the API refuses a dangerous act without a recent proof, and says how to give one', async () => {
  const token = await shop.adminToken();
  const create = () =>
    shop.api('POST', '/api/webhook-endpoints', { token, body: { url: 'http://127.0.0.1:9/' } });
  await letProofsAge(shop, adminId);
  const refused = await create();
  expect([refused.status, refused.body.code, refused.body.confirmAt]).toEqual([
    403,
    'step_up_required',
    '/api/auth/confirm',
  ]);
  const confirm = (password: string) =>
    shop.api('POST', '/api/auth/confirm', { token, body: { password } });
  expect((await confirm('not the password')).status).toBe(400);
  expect((await create()).status).toBe(403);
  expect((await confirm(shop.admin.password)).status).toBe(204);
  expect((await create()).status).toBe(201);
});

test('the console asks before an order is marked paid by hand, and leads back to the order', async () => {
  const { token } = await shop.customer();
  const { variantId } = await shop.product();
  const { id } = (await shop.order(token, variantId)).body;
  const admin = await openConsole(shop);
  await letProofsAge(shop, adminId);
  await admin.open(`/admin/orders/${id}`);
  const asked = await admin.submit(`/admin/orders/${id}/paid`, {});
  expect(asked.location).toBe(`/confirm?next=${encodeURIComponent(`/admin/orders/${id}`)}`);
  const status = async () => (await shop.api('GET', `/api/orders/${id}`, { token })).body.status;
  expect(await status()).toBe('pending');
  await admin.open(String(asked.location));
  const back = await admin.submit(String(asked.location), { password: shop.admin.password });
  expect(back.location).toBe(`/admin/orders/${id}`);
  await admin.open(`/admin/orders/${id}`);
  await admin.submit(`/admin/orders/${id}/paid`, {});
  expect(await status()).toBe('paid');
});

test('the console asks before money goes back, and leads back to the order', async () => {
  const { token } = await shop.customer();
  const { variantId } = await shop.product();
  const { id } = (await shop.order(token, variantId)).body;
  const admin = await openConsole(shop);
  await admin.open(`/admin/orders/${id}`);
  await letProofsAge(shop, adminId);
  const asked = await admin.submit(`/admin/orders/${id}/refunds`, { amount: '1', reason: 'Gift' });
  expect(asked.location).toBe(`/confirm?next=${encodeURIComponent(`/admin/orders/${id}`)}`);
});
