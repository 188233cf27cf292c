import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Db } from '../../src/database/database.ts';
import {
  createOrderDesk,
  type OrderDesk,
  type Placed,
} from '../../src/modules/orders/order-desk.service.ts';
import type { PlaceOrder } from '../../src/modules/orders/price-orders.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { type BareShop, openBareShop } from './support.ts';

let shop: BareShop;
let desk: OrderDesk;
let customerId: string;
beforeAll(async () => {
  shop = await openBareShop();
  desk = createOrderDesk(shop.db, { reservationSeconds: 900, metrics: shop.metrics });
  customerId = await shop.person();
});
afterAll(() => shop.drop());

/** Requests for units of a product. */
const wanting = (
  variantId: string,
  quantities: readonly number[],
  given: Partial<PlaceOrder> = {},
) =>
  Promise.all(
    quantities.map((quantity) =>
      shop.request({ customerId, items: [{ variantId, quantity }], ...given }),
    ),
  );
const each = (count: number) => Array.from({ length: count }, () => 1);
/** What became of each: `placed`, `repeated`, or the code or message of why not. */
async function told(placing: readonly Promise<Placed>[]): Promise<string[]> {
  return (await Promise.allSettled(placing)).map((end) =>
    end.status === 'fulfilled' ? end.value.kind : (end.reason.code ?? end.reason.message),
  );
}
/** How many orders each transaction placed, in their order. */
async function batches(placing: readonly Promise<Placed>[]): Promise<number[]> {
  const placed = (await Promise.all(placing)).flatMap((one) =>
    one.kind === 'placed' ? [one.order] : [],
  );
  // Orders of one transaction have one time.
  const times = Map.groupBy(placed, ({ createdAt }) => createdAt);
  return [...times].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, orders]) => orders.length);
}
const counted = async (name: 'ordersCreated' | 'ordersRefused' | 'purchaseSteps', label: string) =>
  (await shop.metrics[name].get()).values.find(({ labels }) =>
    Object.values(labels).includes(label),
  )?.value ?? 0;

describe('orders that come at the same time', () => {
  it('are placed together while the one before commits, two hundred at most', async () => {
    const { variantId } = await shop.product({ stock: 1000 });
    const requests = await wanting(variantId, each(252));
    const placing = requests.map((request) => desk.place(request));
    expect(await batches(placing)).toEqual([1, 200, 51]);
    expect(await shop.stock(variantId)).toBe('1000/252');
  });

  it('go alone at once where nobody else is', async () => {
    const { variantId } = await shop.product();
    for (const request of await wanting(variantId, each(2)))
      expect(await batches([desk.place(request)])).toEqual([1]);
  });

  it('under one key are one order, and the others get its answer', async () => {
    const { variantId } = await shop.product();
    const claim = { actorId: customerId, route: 'r', key: newId(), fingerprint: 'a' };
    // They wait in one queue behind the first, which has no key.
    const [first, ...twins] = await wanting(variantId, each(4), { claim });
    const placing = [{ ...first, claim: null } as PlaceOrder, ...twins].map((one) =>
      desk.place(one),
    );
    const [, placed, ...others] = await Promise.all(placing);
    if (placed?.kind !== 'placed') throw new Error('not placed');
    const outcome = { kind: 'finished', status: 201, body: JSON.stringify(placed.order) };
    expect(others).toEqual([
      { kind: 'repeated', outcome },
      { kind: 'repeated', outcome },
    ]);
    expect(await shop.stock(variantId)).toBe('10/2');
  });

  it('under keys of different people, or for different routes, are each their own', async () => {
    const { variantId } = await shop.product();
    const other = await shop.person();
    const claims = [
      { actorId: customerId, route: 'r', key: 'the same' },
      { actorId: other, route: 'r', key: 'the same' },
      { actorId: other, route: 'another', key: 'the same' },
    ];
    const requests = await Promise.all(
      claims.map(async (claim) => {
        const [request] = await wanting(variantId, [1], { claim: { ...claim, fingerprint: 'a' } });
        return request as PlaceOrder;
      }),
    );
    const [first] = await wanting(variantId, [1]);
    const placing = [first as PlaceOrder, ...requests].map((request) => desk.place(request));
    expect(await batches(placing)).toEqual([1, 3]);
  });

  it('stand in no way of each other where one cannot be: it alone fails', async () => {
    const { variantId } = await shop.product();
    const good = await wanting(variantId, each(3));
    // No line is of nothing: the database refuses what the schema of a request does.
    const [bad] = await wanting(variantId, [0]);
    const requests = [...good.slice(0, 2), bad as PlaceOrder, ...good.slice(2)];
    const ends = await told(requests.map((request) => desk.place(request)));
    expect(ends).toEqual(['placed', 'placed', '23514', 'placed']);
    expect(await shop.stock(variantId)).toBe('10/3');
  });

  it('get the last units in the order of their coming, whichever batch they are in', async () => {
    const { variantId } = await shop.product({ stock: 300 });
    const ends = await told(
      (await wanting(variantId, each(500))).map((request) => desk.place(request)),
    );
    expect(ends.indexOf('insufficient_stock')).toBe(300);
    expect(ends.lastIndexOf('placed')).toBe(299);
    expect(await shop.stock(variantId)).toBe('300/300');
  });

  it('get what one before them was refused', async () => {
    const { variantId } = await shop.product({ stock: 5 });
    // The first goes alone; then 4 of the 4 that are left fit, though 5 stood before them.
    const requests = await wanting(variantId, [1, 5, 4]);
    expect(await told(requests.map((request) => desk.place(request)))).toEqual([
      ...['placed', 'insufficient_stock', 'placed'],
    ]);
  });

  it('bear the numbers that refused ones left', async () => {
    // A number waits for five seconds, which a busy machine may be over.
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { variantId } = await shop.product({ stock: 250 });
    const requests = await wanting(variantId, [1, ...each(100), 999, ...each(100), 999]);
    await told(requests.map((request) => desk.place(request)));
    const [last] = await wanting(variantId, [1]);
    await desk.place(last as PlaceOrder);
    const { rows } = await sql<{ gaps: number }>`
      SELECT max(number) - min(number) + 1 - count(*) AS gaps
      FROM orders JOIN order_items ON order_id = orders.id WHERE variant_id = ${variantId}`.execute(
      shop.db,
    );
    expect(Number(rows[0]?.gaps)).toBe(0);
  });

  it('are turned away where ten batches wait already, and told to come again', async () => {
    const nothing = await shop.request({ customerId, items: [{ quantity: 1 }] });
    const placing = Array.from({ length: 2002 }, () => desk.place(nothing));
    const ends = (await Promise.allSettled(placing)).map((end) =>
      end.status === 'rejected' ? end.reason : end.value,
    );
    expect(ends.filter(({ code }) => code === 'service_unavailable')).toHaveLength(1);
    expect(ends.at(-1)).toMatchObject({
      message: 'Too many orders are being placed right now.',
      retryAfterSeconds: 2,
    });
  });

  it('are counted as placed, or by why they were refused', async () => {
    const { variantId } = await shop.product({ stock: 1 });
    const count = async () => [
      await counted('ordersCreated', 'USD'),
      await counted('purchaseSteps', 'order_placed'),
      await counted('ordersRefused', 'insufficient_stock'),
    ];
    const before = await count();
    const requests = await wanting(variantId, [1, 1]);
    await told(requests.map((request) => desk.place(request)));
    expect((await count()).map((now, index) => now - Number(before[index]))).toEqual([1, 1, 1]);
  });
});

describe('a database that fails', () => {
  /** A desk whose transactions fail in turn, each as it is told, and then work. */
  function failing(...failures: (string | null)[]) {
    const db = {
      connection() {
        const code = failures.shift() ?? null;
        if (code === null) return shop.db.connection();
        return { execute: () => Promise.reject(Object.assign(new Error('failed'), { code })) };
      },
    } as unknown as Db;
    return createOrderDesk(db, { reservationSeconds: 900, metrics: shop.metrics });
  }
  const ends = async (at: OrderDesk, count: number) => {
    const { variantId } = await shop.product();
    const requests = await wanting(variantId, each(count));
    return told(requests.map((request) => at.place(request)));
  };

  it('for one batch fails that batch alone: whether it committed is not known', async () => {
    expect(await ends(failing('55P03'), 3)).toEqual(['55P03', 'placed', 'placed']);
    expect(await ends(failing(null, '55P03'), 3)).toEqual(['placed', '55P03', '55P03']);
  });

  it('that is gone fails all who wait, and serves those who come later', async () => {
    const desk = failing('57P01');
    expect(await ends(desk, 3)).toEqual(['57P01', '57P01', '57P01']);
    expect(await ends(desk, 1)).toEqual(['placed']);
  });

  it('while orders are tried one by one fails those that were not tried yet', async () => {
    // The batch of three has one that cannot be; the first of them is placed, then trouble comes.
    expect(await ends(failing(null, '23503', null, '55P03'), 4)).toEqual([
      ...['placed', 'placed', '55P03', '55P03'],
    ]);
  });

  it('and a fault of one order fails that order alone', async () => {
    expect(await ends(failing('23503'), 2)).toEqual(['23503', 'placed']);
  });
});
