import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { MAX_ON_HAND } from '../../src/modules/inventory/inventory.model.ts';
import {
  adjustStock,
  getStock,
  listMovements,
  listStock,
} from '../../src/modules/inventory/inventory-admin.service.ts';
import {
  holdStock,
  openStock,
  type StockTarget,
  setStock,
} from '../../src/modules/inventory/stock-changes.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { encodeCursor } from '../../src/shared/pages.ts';
import { type BareShop, openBareShop } from './support.ts';

let shop: BareShop;
beforeAll(async () => {
  shop = await openBareShop();
});
afterAll(() => shop.drop());

const conflict = (message: string) => expect.objectContaining({ code: 'conflict', message });
const below = (reserved: number) =>
  conflict(`Orders hold ${reserved} of this variant: its stock cannot go below that.`);
/** A variant of which an order holds some of its ten units. */
async function held(quantity: number): Promise<string> {
  const { variantId } = await shop.product();
  if (quantity > 0) await shop.order({ items: [{ variantId, quantity }] });
  return variantId;
}
/** A variant's ledger, the newest first: `adjustment +3`. */
const ledger = async (variantId: string) =>
  (await listMovements(shop.db, variantId, { limit: 20 })).data.map(
    ({ kind, onHandDelta, reservedDelta, reason }) =>
      `${kind} ${onHandDelta}/${reservedDelta}${reason && `: ${reason}`}`,
  );
const set = (targets: StockTarget[], ids = targets.map(({ variantId }) => variantId)) =>
  inTransaction(shop.db, async (tx) =>
    setStock(tx, await holdStock(tx, ids), targets, { actorId: null, reason: 'counted' }),
  );

describe('stock that is counted by hand', () => {
  const adjust = (variantId: string, delta: number, actorId: string | null = null) =>
    adjustStock(shop.db, { variantId, delta, reason: 'found', actorId });

  it('is added to or taken from, with its reason, and is told and noted', async () => {
    const variantId = await held(3);
    const actorId = await shop.person('admin');
    expect(await adjust(variantId, 5, actorId)).toMatchObject({
      ...{ variantId, onHand: 15, reserved: 3, available: 12, inventoryPolicy: 'deny' },
    });
    expect((await adjust(variantId, -12)).available).toBe(0);
    expect(await ledger(variantId)).toEqual([
      ...['adjustment -12/0: found', 'adjustment 5/0: found'],
      ...['reservation 0/3', 'receipt 10/0: Opening stock'],
    ]);
    const { data } = await listMovements(shop.db, variantId, { limit: 20 });
    expect(data.map((one) => one.actorId)).toEqual([null, actorId, null, null]);
    expect(await shop.eventData(variantId, 'stock.adjusted')).toEqual({
      ...{ kind: 'adjustment', delta: -12, reason: 'found' },
    });
    expect(await shop.noted(variantId)).toEqual([
      ['stock.adjusted', { delta: 5, onHand: 15 }],
      ['stock.adjusted', { delta: -12, onHand: 3 }],
    ]);
  });

  it('never goes below what orders hold, nor above what can be counted', async () => {
    const variantId = await held(3);
    await expect(adjust(variantId, -8)).rejects.toThrow(below(3));
    await expect(adjust(variantId, MAX_ON_HAND)).rejects.toThrow(
      conflict('That is more than the shop can keep count of.'),
    );
    await expect(adjust(newId(), 1)).rejects.toThrow('The variant was not found.');
    expect([await shop.stock(variantId), (await ledger(variantId)).length]).toEqual(['10/3', 2]);
  });
});

describe('stock that is set', () => {
  it('moves by the difference, each variant by itself', async () => {
    const [up, down, same] = [await held(0), await held(2), await held(0)];
    const before = await ledger(same);
    const targets = [
      { variantId: up, onHand: 12 },
      { variantId: down, onHand: 2 },
      { variantId: same, onHand: 10, policy: 'deny' as const },
    ];
    expect(await set(targets)).toBe(2);
    expect([(await ledger(up))[0], (await ledger(down))[0], await ledger(same)]).toEqual([
      ...['adjustment 2/0: counted', 'adjustment -8/0: counted', before],
    ]);
    expect([await shop.stock(up), await shop.stock(down)]).toEqual(['12/0', '2/2']);
  });

  it('is whole or not at all', async () => {
    const [one, other] = [await held(0), await held(3)];
    const targets = [
      { variantId: one, onHand: 1 },
      { variantId: other, onHand: 2 },
    ];
    await expect(set(targets)).rejects.toThrow(below(3));
    expect([await shop.stock(one), await shop.stock(other)]).toEqual(['10/0', '10/3']);
  });

  it('may sell on where that is said, with no movement, and then go below what orders hold', async () => {
    const variantId = await held(3);
    const before = await ledger(variantId);
    expect(await set([{ variantId, policy: 'continue' }])).toBe(1);
    expect([await ledger(variantId), (await getStock(shop.db, variantId)).inventoryPolicy]).toEqual(
      [...[before, 'continue']],
    );
    expect(await set([{ variantId, onHand: 1 }])).toBe(1);
    expect(await getStock(shop.db, variantId)).toMatchObject({
      onHand: 1,
      reserved: 3,
      available: 0,
    });
    expect(await set([{ variantId, onHand: 1, policy: 'continue' }])).toBe(0);
  });

  it('is only that which was held before', async () => {
    const variantId = await held(0);
    expect(await set([{ variantId, onHand: 1 }], [])).toBe(0);
    expect(await shop.stock(variantId)).toBe('10/0');
  });
});

describe('the stock of a new variant', () => {
  it('is opened by a receipt where there are units, and refuses what it does not have', async () => {
    const [one, none] = [await shop.product(), await shop.product({ stock: 0 })];
    expect(await ledger(one.variantId)).toEqual(['receipt 10/0: Opening stock']);
    expect(await shop.events(one.variantId)).toEqual(['stock.adjusted']);
    expect(await ledger(none.variantId)).toEqual([]);
    expect(await shop.events(none.variantId)).toEqual([]);
  });

  it('of none is not opened', async () => {
    await expect(inTransaction(shop.db, (tx) => openStock(tx, [], null))).resolves.toBeUndefined();
  });

  it('is empty and refuses sales where nothing is said', async () => {
    const { variantId } = await shop.product();
    await shop.db.deleteFrom('stock_levels').where('variant_id', '=', variantId).execute();
    await inTransaction(shop.db, (tx) => openStock(tx, [{ variantId }], null));
    expect(await getStock(shop.db, variantId)).toMatchObject({
      onHand: 0,
      inventoryPolicy: 'deny',
    });
  });
});

describe('the list of stock', () => {
  it('goes through every variant once, by product', async () => {
    const shelf = await openBareShop();
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1)
      ids.push(...(await shelf.product({ prices: [100, 200] })).variantIds);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listStock(shelf.db, { limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.data.map(({ variantId }) => variantId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(6);
    expect(new Set(seen)).toEqual(new Set(ids));
    await shelf.drop();
  });

  it('goes on after what a list of this kind returned, and after nothing else', async () => {
    const id = newId();
    for (const values of [
      [1, id, 1, id],
      ['a', 'b', 1, id],
      ['a', id, 1, 'b'],
      ['a', id, '1', id],
    ])
      await expect(listStock(shop.db, { limit: 2, cursor: encodeCursor(values) })).rejects.toThrow(
        'The cursor is not one that a list of this kind returned.',
      );
  });

  it('tells of a variant what it is of and what is left', async () => {
    const { id, variantId } = await shop.product({ prices: [1999] });
    const stock = await getStock(shop.db, variantId);
    expect(stock).toMatchObject({
      ...{ variantId, productId: id, sku: 'sku-0', title: '0', onHand: 10, reserved: 0 },
      productTitle: expect.stringMatching(/^Product /),
      productSlug: expect.stringMatching(/^product-/),
      updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const { data } = await listStock(shop.db, { limit: 5, query: stock.productTitle });
    expect(data).toEqual([stock]);
    await expect(getStock(shop.db, newId())).rejects.toThrow('The variant was not found.');
  });

  it('of a variant’s movements goes on where the page before ended', async () => {
    const variantId = await held(3);
    const first = await listMovements(shop.db, variantId, { limit: 1 });
    expect(first.data).toMatchObject([{ kind: 'reservation', onHandDelta: 0, reservedDelta: 3 }]);
    const next = await listMovements(shop.db, variantId, {
      ...{ limit: 1, cursor: first.nextCursor ?? undefined },
    });
    expect([next.data[0]?.kind, next.nextCursor]).toEqual(['receipt', null]);
    await expect(listMovements(shop.db, newId(), { limit: 1 })).rejects.toThrow('was not found');
  });
});
