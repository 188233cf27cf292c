import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../src/database/database.ts';
import { fillShop } from '../../src/dev/fill/fill-shop.ts';
import { lowestStock } from '../../src/modules/admin/dashboard.repository.ts';
import { listEvents } from '../../src/modules/payments/webhooks.repository.ts';
import { listDeliveries } from '../../src/modules/webhooks/deliveries.repository.ts';
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

  it('Stripe’s events that were set aside are listed without a look at those that were applied', async () => {
    const { db } = database;
    await sql`
      INSERT INTO webhook_events (provider, event_id, type, payload, state, received_at)
      SELECT 'stripe', 'evt_' || n, 'refund.updated', '{}', CASE n WHEN 1 THEN 'ignored' ELSE 'applied' END,
        now() + n * interval '1 second'
      FROM generate_series(1, 20000) AS n`.execute(db);
    await sql`ANALYZE webhook_events`.execute(db);
    const list = (on: Db, state: 'closed' | 'ignored') => listEvents(on, { state }, { limit: 20 });
    expect((await list(db, 'ignored')).data.map(({ event_id }) => event_id)).toEqual(['evt_1']);
    for (const state of ['closed', 'ignored'] as const)
      expect(await rowsRead(db, 'webhook_events', (tx) => list(tx, state))).toBeLessThan(10);
  });

  it('what waits for one endpoint is listed without a look at what arrived, and at what waits for others', async () => {
    const { db } = database;
    const [quick, slow] = [randomUUID(), randomUUID()];
    await sql`
      INSERT INTO webhook_endpoints (id, url, secret)
      SELECT id, 'https://shop.example', 'x' FROM unnest(${[quick, slow]}::uuid[]) AS id`.execute(
      db,
    );
    await sql`
      INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, body, state, next_attempt_at, settled_at)
      SELECT gen_random_uuid(), id, gen_random_uuid(), 'order.paid', '{}', CASE id WHEN ${slow} THEN 'pending' ELSE 'delivered' END,
        CASE id WHEN ${slow} THEN now() END, CASE id WHEN ${quick} THEN now() END
      FROM unnest(${[quick, slow]}::uuid[]) AS id, generate_series(1, 10000)`.execute(db);
    await sql`ANALYZE webhook_deliveries`.execute(db);
    for (const id of [quick, slow])
      expect(
        await rowsRead(db, 'webhook_deliveries', (tx) =>
          listDeliveries(tx, id, { state: 'pending' }, { limit: 20 }),
        ),
      ).toBeLessThan(50);
  });
});
