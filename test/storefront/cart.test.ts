import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { deleteUnordered } from '../../src/modules/catalog/write-product.repository.ts';
import { openBrowser } from '../identity/browser.ts';
import { untilBlocked } from '../support/blocked.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { addToCart } from './buyer.ts';

describe('a cart', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  /** Begins to act while a product is deleted, and ends the deletion once what was begun waits for it. */
  async function whileDeleted<T>(productId: string, act: () => Promise<T>): Promise<T> {
    const acting = await inTransaction(shop.db, async (tx) => {
      await deleteUnordered(tx, productId);
      const begun = act();
      await untilBlocked(shop.db);
      return { begun };
    });
    return acting.begun;
  }

  test('tells a browser that keeps no cookies what it needs, as trying again would not help', async () => {
    const product = await shop.product();
    const browser = openBrowser(shop.url);
    await browser.open(`/products/${product.slug}`);
    browser.cookies.clear();
    const { status, text } = await browser.submit('/cart/items', { product: product.slug });
    expect(status).toBe(403);
    expect(text).toContain('Allow this shop to keep cookies');
  });

  test('refuses a product that is deleted just when it is added', async () => {
    const product = await shop.product();
    const { token } = await shop.customer();
    const { status, body } = await whileDeleted(product.id, () =>
      shop.api('PUT', `/api/cart/items/${product.variantId}`, { token, body: { quantity: 1 } }),
    );
    expect([status, body.code]).toEqual([404, 'not_found']);
  });

  test('of a guest joins without a product that is deleted just when they sign in', async () => {
    const [gone, kept] = [await shop.product(), await shop.product()];
    const { email, password, token } = await shop.customer();
    const guest = openBrowser(shop.url);
    for (const { slug } of [gone, kept]) await addToCart(guest, slug);
    await guest.open('/sign-in');
    const { status } = await whileDeleted(gone.id, () =>
      guest.submit('/sign-in', { email, password }),
    );
    expect(status).toBe(303);
    const { body } = await shop.api('GET', '/api/cart', { token });
    expect(body.lines).toMatchObject([{ variantId: kept.variantId, quantity: 1 }]);
  });

  test('takes 100 different products, of each as many as before, and no other; and so does one that a guest’s joins', async () => {
    const staff = await shop.adminToken();
    const values = Array.from({ length: 102 }, (_, index) => `Shade ${index}`);
    const { body: product } = await shop.api('POST', '/api/products', {
      token: staff,
      body: {
        title: 'Paint',
        variants: values.map((Shade) => ({
          options: { Shade },
          price: { amount: 500, currency: 'USD' },
          stock: 5,
        })),
      },
    });
    const ids: string[] = product.variants.map(({ id }: { id: string }) => id);
    const { email, password, token } = await shop.customer();
    const put = (id: string | undefined, quantity: number) =>
      shop.api('PUT', `/api/cart/items/${id}`, { token, body: { quantity } });
    for (const id of ids.slice(0, 99)) await put(id, 1);

    const guest = openBrowser(shop.url);
    await guest.open(`/products/${product.slug}`);
    // One that the customer has, two that they have not.
    for (const index of [0, 99, 100])
      await guest.submit('/cart/items', { product: product.slug, 'option-0': `Shade ${index}` });
    await guest.open('/sign-in');
    await guest.submit('/sign-in', { email, password });

    const { body: joined } = await shop.api('GET', '/api/cart', { token });
    const quantities = Object.fromEntries(
      joined.lines.map((line: { variantId: string; quantity: number }) => [
        line.variantId,
        line.quantity,
      ]),
    );
    expect(quantities).toEqual(
      Object.fromEntries(ids.slice(0, 100).map((id, index) => [id, index === 0 ? 2 : 1])),
    );
    const another = await put(ids[101], 1);
    expect([another.status, another.body.code]).toEqual([409, 'conflict']);
    const { status, text } = await guest.submit('/cart/items', {
      product: product.slug,
      'option-0': 'Shade 101',
    });
    expect(status).toBe(409);
    expect(text).toContain('A cart takes 100 different products at most');
    expect((await put(ids[5], 3)).status).toBe(200);
    expect((await put(ids[6], 0)).status).toBe(200);
    expect((await put(ids[101], 1)).body.lines).toHaveLength(100);
  });
});
