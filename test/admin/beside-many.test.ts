import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillShop } from '../../src/dev/fill/fill-shop.ts';
import { lowestStock } from '../../src/modules/admin/dashboard.repository.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { rowsRead } from '../support/rows-read.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  const wanted = { products: 4000, orders: 0, append: false };
  await fillShop(database.pool, wanted, () => undefined);
});
afterAll(() => database.drop());

describe('of a shop with many rows', () => {
  it('the dashboard reads no more products than it shows of those that run out', async () => {
    const shown = { atMost: 5, limit: 8 };
    for (const table of ['variants', 'products'])
      expect(await rowsRead(database.db, table, (tx) => lowestStock(tx, shown))).toBeLessThan(50);
    const stock = await lowestStock(database.db, shown);
    expect(stock.map(({ available }) => available)).toEqual(Array(8).fill(0));
    const ids = stock.map(({ variant_id }) => variant_id);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });
});
