import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCursor } from '../../src/shared/pages.ts';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop;
let token: string;

beforeAll(async () => {
  shop = await startShop({ DEMO_CATALOGUE: 'off' });
  token = await shop.adminToken();
});
afterAll(() => shop.stop());

const adjust = (variantId: string, body: unknown) =>
  shop.api('POST', `/api/inventory/${variantId}/adjustments`, { token, body });
const ledger = async (variantId: string) =>
  (await shop.api('GET', `/api/inventory/${variantId}/movements`, { token })).body.data;

async function levels(): Promise<Map<string, number>> {
  const rows = await shop.db.selectFrom('stock_levels').select(['variant_id', 'on_hand']).execute();
  return new Map(rows.map((row) => [row.variant_id, row.on_hand]));
}

describe('adjusting stock', () => {
  test('changes that variant alone and says why in the ledger', async () => {
    const { variantId } = await shop.product({ stock: 10 });
    await shop.product({ stock: 4 });
    const before = await levels();
    const { status, body } = await adjust(variantId, { delta: -3, reason: 'Damaged' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ variantId, onHand: 7, reserved: 0, available: 7 });
    expect(await levels()).toEqual(new Map([...before, [variantId, 7]]));
    expect(await ledger(variantId)).toMatchObject([
      { kind: 'adjustment', onHandDelta: -3, reason: 'Damaged' },
      { kind: 'receipt', onHandDelta: 10 },
    ]);
    const events = await shop.db
      .selectFrom('outbox_events')
      .select(['type', 'payload'])
      .where('aggregate_id', '=', variantId)
      .orderBy('position')
      .execute();
    expect(events).toMatchObject([
      { type: 'stock.adjusted', payload: { delta: 10 } },
      { type: 'stock.adjusted', payload: { delta: -3, reason: 'Damaged' } },
    ]);
  });

  test('below what orders hold is refused and changes nothing', async () => {
    const { variantId } = await shop.product({ stock: 5 });
    const { token: customer } = await shop.customer();
    await shop.order(customer, variantId, 4);
    const { status, body } = await adjust(variantId, { delta: -2, reason: 'Lost' });
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect((await levels()).get(variantId)).toBe(5);
    expect(await ledger(variantId)).toHaveLength(2);
  });

  test('from many hands at once takes each unit once', async () => {
    const { variantId } = await shop.product({ stock: 10 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        adjust(variantId, { delta: -1, reason: 'Sold at the fair' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(10);
    expect((await levels()).get(variantId)).toBe(0);
  });

  test('may go below zero only where the variant sells on without stock', async () => {
    const { variantId } = await shop.product({ stock: 1, inventoryPolicy: 'continue' });
    const { body } = await adjust(variantId, { delta: -3, reason: 'Counted' });
    expect(body).toMatchObject({ onHand: -2, available: 0 });
  });

  test.each([
    ['nothing', { delta: 0, reason: 'A' }],
    ['no reason', { delta: 1 }],
    ['a blank reason', { delta: 1, reason: ' ' }],
    ['half a unit', { delta: 0.5, reason: 'A' }],
    ['more than can be counted', { delta: 1e12, reason: 'A' }],
  ])('by %s is refused', async (_what, body) => {
    const { variantId } = await shop.product();
    expect((await adjust(variantId, body)).status).toBe(400);
  });

  test('of an unknown variant is a 404, and more than can be counted a 409', async () => {
    const unknown = '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10';
    expect((await adjust(unknown, { delta: 1, reason: 'A' })).status).toBe(404);
    expect((await adjust('nonsense', { delta: 1, reason: 'A' })).status).toBe(400);
    const { variantId } = await shop.product({ stock: 1 });
    expect((await adjust(variantId, { delta: 1e9, reason: 'A' })).status).toBe(409);
  });
});

describe('the list of stock', () => {
  const list = (query: string) => shop.api('GET', `/api/inventory?${query}`, { token });

  test('finds by title or SKU, narrows to what runs low, and pages without gaps', async () => {
    for (const [title, stock] of [
      ['Zinc bowl', 1],
      ['Zinc cup', 9],
      ['Zinc jug', 0],
    ] as const)
      await shop.product({ title, stock });
    const titles = (answer: Awaited<ReturnType<typeof list>>) =>
      answer.body.data.map((item: { productTitle: string }) => item.productTitle);
    expect(titles(await list('query=zinc'))).toEqual(['Zinc bowl', 'Zinc cup', 'Zinc jug']);
    expect(titles(await list('query=zinc&low=1'))).toEqual(['Zinc bowl', 'Zinc jug']);
    const first = await list('query=zinc&limit=2');
    const second = await list(`query=zinc&limit=2&cursor=${first.body.nextCursor}`);
    expect([titles(first), titles(second), second.body.nextCursor]).toEqual([
      ['Zinc bowl', 'Zinc cup'],
      ['Zinc jug'],
      null,
    ]);
    const [{ sku }] = first.body.data;
    expect(titles(await list(`query=${sku.toLowerCase()}`))).toEqual(['Zinc bowl']);
    expect(titles(await list('query=%25'))).toEqual([]);
  });

  test('goes on after a place that no variant can have', async () => {
    const id = '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10';
    const cursor = encodeCursor(['a', id, Number.MAX_SAFE_INTEGER, id]);
    expect((await list(`cursor=${cursor}`)).status).toBe(200);
  });

  test('is for administrators', async () => {
    const { token: customer } = await shop.customer();
    expect((await shop.api('GET', '/api/inventory')).status).toBe(401);
    expect((await shop.api('GET', '/api/inventory', { token: customer })).status).toBe(403);
  });
});
