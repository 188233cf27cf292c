import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';

describe('orders that race', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  it('are never refused for stock that only a refused order asked for', async () => {
    const product = await shop.product({ stock: 10 });
    const scarce = await shop.product({ stock: 0 });
    const { token } = await shop.customer();
    const impossible = {
      items: [
        { variantId: product.variantId, quantity: 10 },
        { variantId: scarce.variantId, quantity: 1 },
      ],
    };
    const possible = { items: [{ variantId: product.variantId, quantity: 1 }] };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        shop.api('POST', '/api/orders', { token, body: index % 4 === 3 ? possible : impossible }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(await shop.available(product)).toBe(0);
  });
});
