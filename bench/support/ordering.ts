import { inTurn } from './buyers.ts';
import { stock } from './catalogue.ts';
import { cpuClock } from './cpu.ts';
import { placeOrders } from './load.ts';
import type { Measure } from './measure.ts';
import { placeOneByOne } from './one-order-a-transaction.ts';
import { outboxIsEmpty } from './outbox.ts';
import type { ShopProcess } from './processes.ts';
import { placeWholeOneByOne } from './whole-order-a-transaction.ts';

const CONNECTIONS = 200;

/** Orders of many variants, and of one, against the rows of an order and the least an order can be, one a transaction. */
export async function orders(
  shop: ShopProcess,
  databaseUrl: string,
  { seconds, customers }: { seconds: number; customers: readonly string[] },
): Promise<Measure[]> {
  const many = await stock(shop, { title: 'Plenty', variants: 200, units: 100_000 });
  const [one = ''] = await stock(shop, { title: 'In demand', variants: 1, units: 900_000 });
  const any = () => many[Math.floor(Math.random() * many.length)] ?? one;
  const load = { url: shop.url, tokenOf: inTurn(customers) };
  const clock = await cpuClock(shop.processId, databaseUrl);
  /** Orders a second until the last of their events was sent on. */
  const place = (variantOf: () => string) => async () => {
    const began = performance.now();
    const placed = await placeOrders(load, { seconds, connections: CONNECTIONS, variantOf });
    const placing = performance.now() - began;
    await outboxIsEmpty(databaseUrl);
    return { ...placed, rate: (placed.rate * placing) / (performance.now() - began) };
  };
  // A third of what a quiet machine reaches; the bare floor is not held yet: docs/performance.md.
  const floors = [
    { of: 'orders', placeFloor: placeWholeOneByOne, least: [1, 3] },
    { of: 'orders, bare', placeFloor: placeOneByOne, least: [0, 0] },
  ] as const;
  return floors.flatMap(({ of, placeFloor, least }) => [
    {
      name: of,
      floor: () => placeFloor(databaseUrl, { seconds, hot: false }),
      shop: place(any),
      clock,
      least: least[0],
    },
    {
      name: `${of}, one SKU`,
      floor: () => placeFloor(databaseUrl, { seconds, hot: true }),
      shop: place(() => one),
      clock,
      least: least[1],
    },
  ]);
}
