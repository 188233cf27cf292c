import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readQueue } from '../../src/events/jobs.ts';
import { begin, fileOf, importActs, onceEach, timesTaken } from '../import/support.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';
import { holdCommit, holdUpdate } from './hold.ts';

describe('kill -9 in an import', () => {
  const PRODUCTS = 25;
  let shop: Fleet;
  beforeAll(async () => {
    shop = await startFleet({ processes: 2, env: { DEMO_CATALOGUE: 'off' } });
  });
  afterEach(async () => {
    await expectCleanAudit(shop.db);
    expect((await readQueue(shop.db)).dead).toEqual({});
  });
  afterAll(() => shop.stop());

  const rowOf = (id: string) =>
    shop.db.selectFrom('imports').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  async function expectWhole(id: string, name: string): Promise<void> {
    await until(async () => (await rowOf(id)).state === 'done');
    expect(await rowOf(id)).toMatchObject({ created: PRODUCTS, updated: 0, unchanged: 0 });
    expect(await timesTaken(shop.db)).toMatchObject(onceEach(PRODUCTS, name));
    const ends = (await importActs(shop.db)).filter(({ act }) => act === 'catalogue.imported');
    expect(ends.at(-1)?.detail).toMatchObject({ created: PRODUCTS });
  }

  it('in the middle of a product: nothing of it is left, and it is taken', async () => {
    const id = await begin(shop.db, fileOf(PRODUCTS, 'middle'));
    const point = await holdUpdate(shop, 'imports');
    await point.reached();
    const { done } = await rowOf(id);
    await point.crash();
    expect((await rowOf(id)).done).toBe(done);
    await shop.restart();
    await expectWhole(id, 'middle');
  });

  it('after a product is committed and before the job knows: it is not taken again', async () => {
    const point = await holdCommit(shop, 'stock_movements');
    const id = await begin(shop.db, fileOf(PRODUCTS, 'committed'));
    await point.reached();
    await point.crash();
    expect((await rowOf(id)).done).toBe(1);
    await shop.restart();
    await expectWhole(id, 'committed');
  });
});
