import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';

describe('orders that race', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  it('sell exactly what is in stock when 400 orders name two products in opposite order', async () => {
    const [first, second] = [await shop.product({ stock: 50 }), await shop.product({ stock: 50 })];
    const { token } = await shop.customer();
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, index) => {
        const items = [first, second].map(({ variantId }) => ({ variantId, quantity: 1 }));
        if (index % 2 === 1) items.reverse();
        return shop.api('POST', '/api/orders', { token, body: { items } });
      }),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(50);
    expect(statuses.filter((status) => status === 409)).toHaveLength(350);
    expect(
      new Set(answers.filter(({ status }) => status === 409).map(({ body }) => body.code)),
    ).toEqual(new Set(['insufficient_stock']));
    expect(await shop.available(first)).toBe(0);
    expect(await shop.available(second)).toBe(0);
    expect(await ledgerDifferences(shop)).toEqual([]);
  });

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

  it('with one idempotency key make one order, answered alike', async () => {
    const product = await shop.product({ stock: 100 });
    const { token } = await shop.customer();
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        shop.order(token, product.variantId, 2, { 'idempotency-key': 'one-order' }),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(40);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    expect(
      made.filter(({ headers }) => headers.get('idempotent-replayed') === 'true'),
    ).toHaveLength(39);
    expect(made.map(({ body }) => JSON.stringify(body))).toEqual(
      made.map(() => JSON.stringify(made[0]?.body)),
    );
    expect(await shop.available(product)).toBe(98);
  });

  it('give stock back once when 20 cancels race', async () => {
    const product = await shop.product({ stock: 5 });
    const { token } = await shop.customer();
    const { body: order } = await shop.order(token, product.variantId, 3);
    expect(await shop.available(product)).toBe(2);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.api('DELETE', `/api/orders/${order.id}`, { token })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await shop.available(product)).toBe(5);
    expect(await ledgerDifferences(shop)).toEqual([]);
  });
});

/** Variants whose counters are not the sum of their ledger. */
async function ledgerDifferences(shop: TestShop): Promise<unknown[]> {
  const { rows } = await sql`
    SELECT level.variant_id FROM stock_levels AS level
      LEFT JOIN stock_movements AS movement ON movement.variant_id = level.variant_id
    GROUP BY level.variant_id, level.on_hand, level.reserved
    HAVING level.on_hand <> coalesce(sum(movement.on_hand_delta), 0)
      OR level.reserved <> coalesce(sum(movement.reserved_delta), 0)`.execute(shop.db);
  return rows;
}
