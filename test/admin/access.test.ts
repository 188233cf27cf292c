import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const id = '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10';
const pages = [
  '/admin',
  '/admin/products',
  '/admin/products/new',
  `/admin/products/${id}`,
  '/admin/stock',
  `/admin/stock/${id}`,
  '/admin/orders',
  `/admin/orders/${id}`,
  '/admin/ledger',
  '/admin/ledger.csv',
  '/admin/customers',
  `/admin/customers/${id}`,
  '/admin/import',
  `/admin/imports/${id}`,
  '/admin/export.csv',
  '/admin/tasks',
  `/admin/tasks/${id}`,
  '/admin/webhooks',
  '/admin/webhooks/evt_1',
  '/admin/endpoints',
  '/admin/endpoints/new',
  `/admin/endpoints/${id}`,
  `/admin/endpoints/${id}/edit`,
  `/admin/endpoints/${id}/deliveries/${id}`,
];
const acts = [
  '/admin/products',
  `/admin/products/${id}`,
  `/admin/products/${id}/archive`,
  `/admin/products/${id}/delete`,
  `/admin/stock/${id}`,
  `/admin/orders/${id}/paid`,
  `/admin/orders/${id}/fulfilled`,
  `/admin/orders/${id}/delivered`,
  `/admin/orders/${id}/cancelled`,
  `/admin/orders/${id}/refunds`,
  `/admin/customers/${id}/sign-out`,
  '/admin/import',
  '/admin/tasks/reconcile',
  `/admin/tasks/${id}/close`,
  '/admin/webhooks/evt_1/replay',
  '/admin/endpoints',
  `/admin/endpoints/${id}`,
  ...['enable', 'disable', 'rotate', 'delete', 'ping', 'replay-failed'].map(
    (act) => `/admin/endpoints/${id}/${act}`,
  ),
  `/admin/endpoints/${id}/deliveries/${id}/replay`,
];

test('a stranger is led from every page and act of the console to signing in', async () => {
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  for (const path of pages) {
    const { status, location } = await browser.open(path);
    expect([path, status, location]).toEqual([
      path,
      303,
      `/sign-in?next=${encodeURIComponent(path)}`,
    ]);
  }
  for (const path of acts) {
    const { status, location } = await browser.submit(path, {});
    const back = new URL(location ?? '', shop.url).searchParams.get('next') ?? '';
    expect([path, status, pages]).toEqual([path, 303, expect.arrayContaining([back])]);
    expect(path.startsWith(back)).toBe(true);
  }
});

test('whose session ended before an upload comes back without the token that its address carries', async () => {
  const browser = openBrowser(shop.url);
  const { location } = await browser.submit('/admin/import?_csrf=token', {});
  expect(location).toBe('/sign-in?next=%2Fadmin%2Fimport');
});

test('a customer is refused every page and act of the console', async () => {
  const { email, password } = await shop.customer();
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  await browser.submit('/sign-in', { email, password });
  for (const path of pages) expect([path, (await browser.open(path)).status]).toEqual([path, 403]);
  await browser.open('/account');
  for (const path of acts)
    expect([path, (await browser.submit(path, {})).status]).toEqual([path, 403]);
});

test('an act without the form’s token is refused, also for the administrator', async () => {
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  await browser.submit('/sign-in', shop.admin);
  const product = await shop.product();
  const { status, text } = await browser.submit(`/admin/products/${product.id}/archive`, {
    _csrf: 'forged',
  });
  expect(status).toBe(403);
  expect(text).toContain('expired or came from another site');
  expect((await shop.api('GET', `/api/products/${product.id}`)).body.status).toBe('active');
});
