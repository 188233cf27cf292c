import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { auditShop, hasFindings } from '../../src/modules/audit/audit.service.ts';
import { holdStock, setStock } from '../../src/modules/inventory/stock-changes.service.ts';
import { untilBlocked } from '../support/blocked.ts';
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

  it('hold the units that they are given, also where these came back while they waited for them', async () => {
    const product = await shop.product({ stock: 0 });
    const { token } = await shop.customer();
    let placing: ReturnType<TestShop['order']> | undefined;
    await inTransaction(shop.db, async (tx) => {
      const { variantId } = product;
      const held = await holdStock(tx, [variantId]);
      await setStock(tx, held, [{ variantId, onHand: 1 }], { actorId: null, reason: 'found' });
      placing = shop.order(token, variantId, 1);
      await untilBlocked(shop.db);
    });
    expect((await placing)?.status).toBe(201);
    expect(await shop.available(product)).toBe(0);
    expect(hasFindings(await auditShop(shop.db))).toBe(false);
  });
});
