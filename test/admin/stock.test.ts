import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { errorLinks, openConsole, textOf, typedIn } from './support.ts';

let shop: TestShop;
let admin: Awaited<ReturnType<typeof openConsole>>;
beforeAll(async () => {
  shop = await startShop();
  admin = await openConsole(shop);
});
afterAll(() => shop.stop());

test('an adjustment changes what is on hand and stays in the ledger with its reason', async () => {
  const product = await shop.product({ stock: 10 });
  const path = `/admin/stock/${product.variantId}`;
  await admin.open(path);
  const { status, location } = await admin.submit(path, {
    delta: '−3',
    reason: 'Broken in the store room',
  });
  expect([status, location]).toEqual([303, path]);
  expect(await shop.available(product)).toBe(7);
  const page = textOf((await admin.open(path)).text);
  expect(page).toContain('Adjusted: 7 on hand now.');
  expect(page).toMatch(/Adjustment −3 — Broken in the store room/);
});

test('an adjustment below what orders hold is refused, and what was typed stays', async () => {
  const product = await shop.product({ stock: 5 });
  const { token } = await shop.customer();
  await shop.order(token, product.variantId, 4);
  const path = `/admin/stock/${product.variantId}`;
  await admin.open(path);
  const { status, text } = await admin.submit(path, { delta: '-2', reason: 'Counted' });
  expect(status).toBe(409);
  expect(textOf(text)).toContain('Orders hold 4 of this variant');
  expect([typedIn(text, 'delta'), typedIn(text, 'reason')]).toEqual(['-2', 'Counted']);
  expect(await shop.available(product)).toBe(1);
});

test.each([
  { delta: '0', reason: 'Nothing' },
  { delta: 'many', reason: 'Delivery' },
  { delta: '5', reason: '  ' },
])('an adjustment of "$delta" because "$reason" is refused with what to type', async (form) => {
  const product = await shop.product({ stock: 5 });
  const path = `/admin/stock/${product.variantId}`;
  await admin.open(path);
  const { status, text } = await admin.submit(path, form);
  expect(status).toBe(400);
  expect(errorLinks(text)).toEqual([form.delta === '5' ? 'reason' : 'delta']);
  expect(await shop.available(product)).toBe(5);
});

test('the list shows on hand, reserved and available, finds by SKU and keeps to what runs out', async () => {
  const plenty = await shop.product({ title: 'Plenty of pans', stock: 50 });
  const few = await shop.product({ title: 'Few forks', stock: 6 });
  const { token } = await shop.customer();
  await shop.order(token, few.variantId, 4);
  const low = await admin.open('/admin/stock?low=on');
  expect(textOf(low.text)).toMatch(/Few forks SKU-\w+ 6 4 2/);
  expect(low.text).not.toContain(plenty.variantId);
  const { body } = await shop.api('GET', `/api/products/${plenty.id}`);
  const found = await admin.open(`/admin/stock?q=${body.variants[0].sku.toLowerCase()}`);
  expect(found.text).toContain(plenty.variantId);
  expect(found.text).not.toContain(few.variantId);
});
