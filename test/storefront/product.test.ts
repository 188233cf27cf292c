import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';

describe('the page of a product', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  test('opens by links that carry what others added to them, and refuses a choice that is none', async () => {
    const { slug, variantId } = await shop.product();
    const browser = openBrowser(shop.url);
    const open = async (query: string) =>
      (await browser.open(`/products/${slug}?variant=${variantId}${query}`)).status;
    expect(await open('&utm_source=letter&utm_source=sender')).toBe(200);
    expect(await open(`&clicked=${'x'.repeat(3000)}`)).toBe(200);
    expect(await open(`&variant=${variantId}`)).toBe(400);
    expect(await open('&option-0=Red&option-0=Blue')).toBe(400);
  });
});
