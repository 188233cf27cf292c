import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formOf } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { browserOf, colleague } from './support.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const product = (stock?: number) => ({
  title: 'Cup',
  variants: [
    {
      sku: randomUUID().slice(0, 8),
      price: { amount: 500, currency: 'USD' },
      ...(stock === undefined ? {} : { stock }),
    },
  ],
});

test('who may change products but not the stock makes none with units, and counts none', async () => {
  const editor = await colleague(shop, ['catalog:read', 'catalog:write']);
  const refused = await editor.api('POST', '/api/products', product(5));
  expect([refused.status, refused.body.detail]).toEqual([
    403,
    'This needs the permission stock:write.',
  ]);
  const made = await editor.api('POST', '/api/products', product());
  expect(made.status).toBe(201);
  const path = `/api/products/${made.body.id}`;
  expect((await editor.api('PUT', path, { title: 'Mug' })).status).toBe(200);
  for (const stock of [0, 5]) expect((await editor.api('PUT', path, { stock })).status).toBe(403);
  const csv = await shop.api('POST', '/api/products/import', {
    token: editor.token,
    body: 'Handle,Title\nmug,Mug',
    headers: { 'content-type': 'text/csv' },
  });
  expect(csv.status).toBe(403);
});

test('with both rights units come with the product', async () => {
  const both = await colleague(shop, [
    'catalog:read',
    'catalog:write',
    'stock:read',
    'stock:write',
  ]);
  const made = await both.api('POST', '/api/products', product(5));
  expect([made.status, made.body.variants[0].available]).toEqual([201, 5]);
});

test('the console’s form does not ask those who may not change the stock for units on hand', async () => {
  const { email } = await colleague(shop, ['catalog:read', 'catalog:write']);
  const browser = await browserOf(shop, email);
  const blank = await formOf(browser, '/admin/products/new');
  expect(Object.keys(blank).filter((name) => /stock/i.test(name))).toEqual([]);
  const sent = { title: 'Cup', currency: 'USD', 'variants.0.price': '5' };
  const made = await browser.submit('/admin/products', { ...blank, ...sent });
  expect([made.status, made.location]).toEqual([303, expect.stringContaining('/admin/products/')]);

  const { id, variantId } = await shop.product({ stock: 7 });
  const form = await formOf(browser, `/admin/products/${id}`);
  const options = { option1: 'Size', 'variants.0.option1': 'S', 'variants.1.option1': 'L' };
  const change = { ...form, ...options, 'variants.1.price': '6' };
  expect((await browser.submit(`/admin/products/${id}`, change)).status).toBe(303);
  const { body } = await shop.api('GET', `/api/products/${id}`);
  const units = body.variants.map(({ available }: { available: number }) => available);
  expect([units, body.variants[0].id]).toEqual([[7, 0], variantId]);

  const counted = { ...form, 'variants.0.stock': '9' };
  expect((await browser.submit(`/admin/products/${id}`, counted)).status).toBe(403);
});
