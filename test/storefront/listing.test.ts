import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';

describe('a list bounded by prices', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  test('takes them in the currency that the shop sells in, whatever its decimals', async () => {
    for (const price of [1000, 3000])
      await shop.product({ title: `Bowl of ${price}`, price, currency: 'JPY' });
    const browser = openBrowser(shop.url);
    const listed = async (query: string) => {
      const { text } = await browser.open(`/products?${query}`);
      return [...text.matchAll(/Bowl of \d+/g)].map(([title]) => title);
    };
    expect(await listed('max=2000')).toEqual(['Bowl of 1000']);
    expect(await listed('min=¥2000')).toEqual(['Bowl of 3000']);
    const { status, text } = await browser.open('/products?min=19.99');
    expect(status).toBe(400);
    expect(text).toContain('Type an amount such as 2000.');
  });
});
