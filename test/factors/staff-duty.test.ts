import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProduct } from '../../src/modules/catalog/write-product.service.ts';
import { browserOf, colleague } from '../staff/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { codeOf, keyOn } from './totp.ts';

const DRAFT = {
  title: 'A secret yet',
  status: 'draft',
  variants: [{ price: { amount: 100, currency: 'USD' } }],
} as const;

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop({ STAFF_MFA: 'required' }, { role: 'web' });
});
afterAll(() => shop.stop());

/** Sets up codes of an app in a browser that is signed in. */
async function enrol(browser: Awaited<ReturnType<typeof browserOf>>) {
  await browser.open('/account/two-step');
  await browser.submit('/account/two-step/begin', {});
  const key = keyOn((await browser.open('/account/two-step')).text);
  return browser.submit('/account/two-step/confirm', { code: codeOf(key) });
}

test('staff without a second factor reach the pages to add one after their password, and no other', async () => {
  const { email } = await colleague(shop, ['orders:read', 'stock:read', 'stock:write']);
  const browser = await browserOf(shop, email);
  for (const path of ['/admin', '/admin/orders', '/account', '/account/sessions', '/checkout'])
    expect((await browser.open(path)).location, path).toBe('/account/security');
  const told = await browser.open('/account/security');
  expect(told.text).toContain('needs more than a password');
  expect(told.text).not.toContain('/account/sessions');
  for (const path of ['/account/two-step', '/account/passkeys', '/confirm'])
    expect((await browser.open(path)).status, path).toBe(200);
  const sent = await browser.submit('/admin/stock/0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10', {});
  expect(sent.location).toBe('/account/security');
});

test('the console opens once a second factor is added', async () => {
  const { email } = await colleague(shop, ['orders:read']);
  const browser = await browserOf(shop, email);
  expect((await enrol(browser)).status).toBe(200);
  expect((await browser.open('/admin/orders')).status).toBe(200);
  expect((await browser.open('/account/security')).text).not.toContain('needs more than');
});

test('whoever removes their last factor is led to add one again', async () => {
  const { email } = await colleague(shop, ['orders:read']);
  const browser = await browserOf(shop, email);
  await enrol(browser);
  await browser.submit('/account/two-step/off', {});
  expect((await browser.open('/admin')).location).toBe('/account/security');
});

test('the API refuses tokens of staff without a second factor, on every route that needs somebody', async () => {
  const { api } = await colleague(shop, ['orders:read', 'stock:read']);
  for (const path of ['/api/auth/profile', '/api/orders', '/api/inventory', '/api/auth/sessions']) {
    const { status, body } = await api('GET', path);
    expect([path, status, body.code]).toEqual([path, 403, 'second_factor_missing']);
  }
  expect((await api('GET', '/api/products')).status).toBe(200);
});

test('what everybody may ask, staff without a second factor see as everybody does', async () => {
  const { id } = await createProduct(shop.db, DRAFT, null);
  const { id: userId, api } = await colleague(shop, ['catalog:read']);
  expect((await api('GET', `/api/products/${id}`)).status).toBe(404);
  expect((await api('GET', '/api/products?status=draft')).body.data).toEqual([]);
  await shop.db
    .insertInto('totp_secrets')
    .values({ user_id: userId, secret: randomBytes(40), confirmed_at: new Date() })
    .execute();
  expect((await api('GET', `/api/products/${id}`)).status).toBe(200);
  expect((await api('GET', '/api/products?status=draft')).body.data).toHaveLength(1);
});

test('customers are asked for nothing more', async () => {
  const { email, token } = await shop.customer();
  expect((await shop.api('GET', '/api/auth/profile', { token })).status).toBe(200);
  const browser = await browserOf(shop, email);
  expect((await browser.open('/account')).status).toBe(200);
});

test('somebody who comes to work here is asked at once, in the session that they have', async () => {
  const { id, email, token } = await shop.customer();
  const browser = await browserOf(shop, email);
  expect((await browser.open('/account')).status).toBe(200);
  await shop.db.updateTable('users').set({ role: 'admin' }).where('id', '=', id).execute();
  expect((await browser.open('/admin')).location).toBe('/account/security');
  const refused = await shop.api('POST', '/api/products', { token, body: {} });
  expect(refused.body.code).toBe('second_factor_missing');
});

test('an API key goes on working: somebody with a second factor made it', async () => {
  const { email } = await colleague(shop, ['stock:read', 'staff:read', 'staff:write']);
  const browser = await browserOf(shop, email);
  await enrol(browser);
  await browser.open('/admin/keys/new');
  const form = { name: 'Stock', scopes: 'stock:read', days: '30' };
  const { text } = await browser.submit('/admin/keys', form);
  const key = /mk_live_[\w-]{51}/.exec(text)?.[0] ?? '';
  expect((await shop.api('GET', '/api/inventory', { token: key })).status).toBe(200);
});
