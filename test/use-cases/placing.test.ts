import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSpareNumbers, drawnNow } from '../../src/modules/orders/order-numbers.ts';
import type { Placement } from '../../src/modules/orders/place-order.service.ts';
import { MAX_QUANTITY, type PlaceOrder } from '../../src/modules/orders/price-orders.service.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
beforeAll(async () => {
  shop = await openBareShop();
});
afterAll(() => shop.drop());

/** What became of a request: `placed`, or why not. */
function told(placement: Placement | undefined): string {
  if (placement?.kind !== 'refused') return String(placement?.kind);
  const { code, errors, message } = placement.error;
  return errors ? `${errors[0]?.path}: ${message}` : `${code}: ${message}`;
}
const tell = async (given: Partial<PlaceOrder>) =>
  told((await shop.placeAll([await shop.request(given)]))[0]);
const placedIn = (placements: readonly Placement[]) =>
  placements.flatMap((placement) => (placement.kind === 'placed' ? [placement.order] : []));

describe('an order', () => {
  it('is priced by the shop, line by line', async () => {
    const [one, two] = [
      await shop.product({ prices: [1999] }),
      await shop.product({ prices: [5] }),
    ];
    const items = [
      { variantId: one.variantId, quantity: 3 },
      { productId: two.id, quantity: 2 },
    ];
    const address = { name: 'Ada', line1: '1 Way', city: 'X', postalCode: '1', country: 'DE' };
    const customerId = await shop.person();
    const order = await shop.order({ customerId, items, shippingAddress: address });
    expect(order).toMatchObject({
      ...{ status: 'pending', subtotal: usd(6007), total: usd(6007), currency: 'USD' },
      ...{ email: 'ada@example.test', shippingAddress: address, refundedTotal: usd(0) },
      items: [
        {
          variantId: one.variantId,
          quantity: 3,
          unitPrice: usd(1999),
          total: usd(5997),
          sku: 'sku-0',
        },
        { variantId: two.variantId, quantity: 2, unitPrice: usd(5), total: usd(10) },
      ],
    });
    expect([await shop.stock(one.variantId), await shop.stock(two.variantId)]).toEqual([
      ...['10/3', '10/2'],
    ]);
    expect(await shop.eventData(order.id, 'order.placed')).toEqual({
      number: order.number,
      total: usd(6007),
      items: order.items.map(({ variantId, quantity }) => ({ variantId, quantity })),
    });
  });

  it('holds its stock for as long as it is told', async () => {
    const [placement] = await shop.placeAll([await shop.request()], 60);
    const [order] = placedIn(placement ? [placement] : []);
    const held = Date.parse(String(order?.reservedUntil)) - Date.parse(String(order?.createdAt));
    expect(held).toBe(60_000);
  });

  it('has one line for a variant, however often it names it, and by whatever name', async () => {
    const { id, variantId } = await shop.product({ prices: [700] });
    const items = [
      { variantId, quantity: 2 },
      { productId: id, quantity: 1 },
      { variantId, quantity: 3 },
    ];
    const order = await shop.order({ items });
    expect(order.items).toMatchObject([{ variantId, quantity: 6, total: usd(4200) }]);
    expect(await shop.stock(variantId)).toBe('10/6');
  });

  it('of an item that is named twice or not at all is refused', async () => {
    const { id, variantId } = await shop.product();
    const message = 'Name either a variantId or a productId.';
    expect(await tell({ items: [{ quantity: 1 }] })).toBe(`items.0.variantId: ${message}`);
    expect(await tell({ items: [{ variantId, productId: id, quantity: 1 }] })).toBe(
      `items.0.productId: ${message}`,
    );
    const second = [{ variantId, quantity: 1 }, { quantity: 1 }];
    expect(await tell({ items: second })).toBe(`items.1.variantId: ${message}`);
  });

  it('of what is not for sale, or not there, is refused', async () => {
    const draft = await shop.product({ status: 'draft' });
    const message = 'There is no such product for sale.';
    expect(await tell({ items: [{ variantId: draft.variantId, quantity: 1 }] })).toBe(
      `items.0.variantId: ${message}`,
    );
    expect(await tell({ items: [{ productId: draft.id, quantity: 1 }] })).toBe(
      `items.0.productId: ${message}`,
    );
    expect(await tell({ items: [{ variantId: randomUUID(), quantity: 1 }] })).toBe(
      `items.0.variantId: ${message}`,
    );
  });

  it('of an account that is gone is refused, and those beside it are placed', async () => {
    const { variantId } = await shop.product();
    const items = [{ variantId, quantity: 1 }];
    const gone = await shop.request({ customerId: randomUUID(), items });
    const placements = await shop.placeAll([gone, await shop.request({ items })]);
    expect(placements.map(told)).toEqual([
      'unauthenticated: This account does not exist any more.',
      'placed',
    ]);
    expect(await shop.stock(variantId)).toBe('10/1');
  });

  it('of a product with several variants has to say which', async () => {
    const { id, variantIds } = await shop.product({ prices: [100, 200] });
    expect(await tell({ items: [{ productId: id, quantity: 1 }] })).toBe(
      'items.0.productId: This product has several variants: name one by its variantId.',
    );
    const items = [{ variantId: variantIds[1] ?? '', quantity: 1 }];
    expect((await shop.order({ items })).total).toEqual(usd(200));
  });

  it('of more than can be counted is refused, also in sum', async () => {
    const { variantId } = await shop.product({ stock: 20_000 });
    const line = (quantity: number) => ({ variantId, quantity });
    expect(MAX_QUANTITY).toBe(9999);
    expect(await tell({ items: [line(9999)] })).toBe('placed');
    expect(await tell({ items: [line(10_000)] })).toBe(
      'items.0.quantity: At most 9999 of one product.',
    );
    expect(await tell({ items: [line(9998), line(2)] })).toBe(
      'items.1.quantity: At most 9999 of one product.',
    );
  });

  it('names what it is of in small letters or capitals', async () => {
    const { id, variantId } = await shop.product();
    const items = [
      { variantId: variantId.toUpperCase(), quantity: 1 },
      { productId: id.toUpperCase(), quantity: 2 },
    ];
    expect((await shop.order({ items })).items).toMatchObject([{ variantId, quantity: 3 }]);
  });

  it('has as many lines as a payment page takes', async () => {
    const products = await Promise.all(Array.from({ length: 101 }, () => shop.product()));
    const items = products.map(({ variantId }) => ({ variantId, quantity: 1 }));
    expect(await tell({ items })).toBe('items: At most 100 different products in one order.');
    expect(await tell({ items: items.slice(1) })).toBe('placed');
  });

  it('is in one currency', async () => {
    const [dollars, euros] = [await shop.product(), await shop.product({ currency: 'EUR' })];
    const both = [dollars, euros].map(({ variantId }) => ({ variantId, quantity: 1 }));
    expect(await tell({ items: both })).toBe(
      'items: All products of an order must be in one currency.',
    );
    const order = await shop.order({ items: both.slice(1) });
    expect(order).toMatchObject({ currency: 'EUR', total: { amount: 1000, currency: 'EUR' } });
  });
});

describe('orders that are placed together', () => {
  const of = (variantId: string, quantity: number) =>
    shop.request({ items: [{ variantId, quantity }] });

  it('get what there is, first come first served; who is refused holds nothing', async () => {
    const { variantId } = await shop.product({ stock: 5 });
    const requests = await Promise.all([3, 3, 2].map((quantity) => of(variantId, quantity)));
    // The last fits in what the first leaves: that the second stood before it takes nothing away.
    const placements = await shop.placeAll(requests);
    expect(placements.map(told)).toEqual([
      'placed',
      'insufficient_stock: There is not enough in stock for this order; nothing was reserved.',
      'placed',
    ]);
    expect(await shop.stock(variantId)).toBe('5/5');
  });

  it('are decided for as if they came one after the other', async () => {
    const { variantId } = await shop.product({ stock: 20 });
    const quantities = [9, 12, 8, 4, 3, 2, 9, 1, 1];
    const requests = await Promise.all(quantities.map((quantity) => of(variantId, quantity)));
    let left = 20;
    const expected = quantities.map((quantity) => {
      if (quantity > left) return 'refused';
      left -= quantity;
      return 'placed';
    });
    expect((await shop.placeAll(requests)).map(({ kind }) => kind)).toEqual(expected);
    expect(await shop.stock(variantId)).toBe(`20/${20 - left}`);
  });

  it('bear no number of a transaction that failed: its commit may have happened', async () => {
    const spare = createSpareNumbers();
    spare.giveBack(drawnNow([7]));
    const { variantId } = await shop.product();
    // One key for both: what is written last fails.
    const request = await of(variantId, 1);
    const key = { actorId: request.customerId, route: 'r', key: 'one', fingerprint: 'a' };
    const twins = [request, request].map((one) => ({ ...one, claim: key }));
    await expect(shop.placeAll(twins, 900, spare)).rejects.toThrow();
    expect(spare.take(1)).toEqual([]);
    expect(await shop.stock(variantId)).toBe('10/0');
  });

  it('get all their lines or none', async () => {
    const [plenty, scarce] = [await shop.product(), await shop.product({ stock: 1 })];
    const items = [
      { variantId: plenty.variantId, quantity: 1 },
      { variantId: scarce.variantId, quantity: 2 },
    ];
    expect(await tell({ items })).toContain('insufficient_stock');
    expect([await shop.stock(plenty.variantId), await shop.stock(scarce.variantId)]).toEqual([
      ...['10/0', '1/0'],
    ]);
  });

  it('go beyond the stock of what sells on', async () => {
    const { variantId } = await shop.product({ stock: 1, inventoryPolicy: 'continue' });
    const placements = await shop.placeAll([await of(variantId, 3), await of(variantId, 3)]);
    expect(placements.map(told)).toEqual(['placed', 'placed']);
    expect(await shop.stock(variantId)).toBe('1/6');
  });

  it('are answered in the order in which they were asked for, each with its own', async () => {
    const products = await Promise.all(
      [100, 200, 300].map((price) => shop.product({ prices: [price] })),
    );
    const requests = await Promise.all(products.map(({ variantId }) => of(variantId, 1)));
    const [first, bad, third] = [
      requests[0],
      await shop.request({ items: [{ quantity: 1 }] }),
      requests[2],
    ];
    const placements = await shop.placeAll([first, bad, third].flatMap((one) => one ?? []));
    expect(placements.map(told)).toEqual(['placed', expect.stringContaining('items.0'), 'placed']);
    expect(placedIn(placements).map(({ total }) => total.amount)).toEqual([100, 300]);
    for (const { id } of placedIn(placements))
      expect(await shop.events(id)).toEqual(['order.placed']);
  });

  it('carry each its own cause into its event', async () => {
    const causes = ['the first', 'the second'].map((correlationId) => ({
      correlationId,
      traceparent: null,
    }));
    const requests = await Promise.all(causes.map((cause) => shop.request({ cause })));
    const orders = placedIn(await shop.placeAll(requests));
    const { db } = shop;
    const noted = await Promise.all(
      orders.map(({ id }) =>
        db
          .selectFrom('outbox_events')
          .select('correlation_id')
          .where('stream_id', '=', id)
          .executeTakeFirst(),
      ),
    );
    expect(noted.map((row) => row?.correlation_id)).toEqual(['the first', 'the second']);
  });

  it('of nobody are none', async () => {
    expect(await shop.placeAll([])).toEqual([]);
  });
});
