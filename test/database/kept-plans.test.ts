import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDb, type Db, inTransaction } from '../../src/database/database.ts';
import { kept } from '../../src/database/kept-plans.ts';
import { createPool } from '../../src/database/pool.ts';
import { loadCatalogue } from '../../src/dev/fill/fill-catalogue.ts';
import { listProducts, searchProducts } from '../../src/modules/catalog/catalog.service.ts';
import { findOrder } from '../../src/modules/orders/orders.repository.ts';
import { placeOrders } from '../../src/modules/orders/place-order.service.ts';
import { settleCaptured } from '../../src/modules/payments/settle.service.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createDatabase } from '../support/database.ts';
import { startShop } from '../support/shop.ts';
import { type BareShop, openBareShop } from '../use-cases/support.ts';

let shop: BareShop;
beforeAll(async () => {
  shop = await openBareShop();
});
afterAll(() => shop.drop());

/** The texts of the statements that a connection keeps. */
async function keptBy(db: Db): Promise<string[]> {
  const { rows } = await sql<{ statement: string }>`
    SELECT statement FROM pg_prepared_statements ORDER BY statement`.execute(db);
  return rows.map(({ statement }) => statement);
}

/** What a connection keeps and was planned anew all the same: PostgreSQL makes five plans before it thinks of keeping one. */
async function plannedAnewBy(db: Db): Promise<unknown[]> {
  const { rows } = await sql`
    SELECT statement, custom_plans FROM pg_prepared_statements WHERE custom_plans > 5`.execute(db);
  return rows;
}

/** One connection, so that what it keeps can be seen. */
async function onOneConnection(
  work: (db: Db) => Promise<void>,
  { throughPooler = false, url = shop.url } = {},
): Promise<void> {
  const logger = createLogger('silent');
  const db = createDb(createPool(url, { max: 1, logger, throughPooler }));
  await work(db);
  await db.destroy();
}

it('what is marked is kept once for each text, and nothing through a pooler', async () => {
  const ask = async (db: Db) => {
    for (const n of [1, 2]) await sql`${kept} SELECT ${n}::int AS n`.execute(db);
    await sql`SELECT ${3}::int AS n`.execute(db);
    const streams = db.selectFrom('event_streams').select('id').where('last_sequence', '=', -1);
    for (const query of [streams, streams.modifyEnd(kept)]) await query.execute();
  };
  await onOneConnection(async (db) => {
    await ask(db);
    expect(await keptBy(db)).toEqual([
      '/* kept */ SELECT $1::int AS n',
      'select "id" from "event_streams" where "last_sequence" = $1 /* kept */',
    ]);
  });
  await onOneConnection(
    async (db) => {
      await ask(db);
      expect(await keptBy(db)).toEqual([]);
    },
    { throughPooler: true },
  );
});

it('one that failed is asked again, and one whose table changed is planned anew', async () => {
  await onOneConnection(async (db) => {
    const ask = (divisor: number) =>
      sql`${kept} SELECT id, 4 / ${divisor}::int AS part FROM event_streams`.execute(db);
    await sql`INSERT INTO event_streams VALUES (gen_random_uuid(), 1)`.execute(db);
    await expect(ask(0)).rejects.toThrow('division by zero');
    await sql`ALTER TABLE event_streams ADD COLUMN later text`.execute(db);
    expect((await ask(2)).rows).toMatchObject([{ part: 2 }]);
    await sql`ALTER TABLE event_streams DROP COLUMN later`.execute(db);
    expect((await ask(4)).rows).toMatchObject([{ part: 1 }]);
    await sql`DELETE FROM event_streams`.execute(db);
  });
});

it('orders of any number and size keep the same statements', async () => {
  const product = await shop.product({ prices: [100, 200, 300], stock: 1000 });
  const place = async (db: Db, orders: number, lines: number) => {
    const requests = await Promise.all(
      Array.from({ length: orders }, (_, n) =>
        shop.request({
          items: product.variantIds
            .slice(0, lines)
            .map((variantId) => ({ variantId, quantity: 1 })),
          claim: {
            actorId: '00000000-0000-7000-8000-000000000000',
            ...{ route: 'POST /api/orders', key: `${orders} ${lines} ${n}`, fingerprint: 'x' },
          },
        }),
      ),
    );
    await inTransaction(db, (tx) => placeOrders(tx, requests, { reservationSeconds: 900 }));
  };
  await onOneConnection(async (db) => {
    await place(db, 1, 1);
    const first = await keptBy(db);
    expect(first.length).toBeGreaterThan(5);
    await place(db, 7, 3);
    await place(db, 2, 2);
    expect(await keptBy(db)).toEqual(first);
  });
});

it('one order after another is placed and paid by the plans that are kept, not by new ones', async () => {
  const { variantId } = await shop.product({ stock: 1000 });
  const items = [{ variantId, quantity: 1 }];
  const request = async () => {
    const route = { route: 'POST /api/orders', key: randomUUID(), fingerprint: 'x' };
    const customerId = await shop.person();
    return shop.request({ items, customerId, claim: { actorId: customerId, ...route } });
  };
  // Of tables that are nearly empty every plan costs the same.
  const many = await Promise.all(Array.from({ length: 300 }, request));
  for (const placed of await shop.placeAll(many))
    if (placed.kind === 'placed') await shop.capture(placed.order);
  await sql`ANALYZE`.execute(shop.db);
  await onOneConnection(async (db) => {
    for (let n = 0; n < 12; n += 1) {
      const requests = [await request()];
      const [placed] = await inTransaction(db, (tx) =>
        placeOrders(tx, requests, { reservationSeconds: 900 }),
      );
      if (placed?.kind !== 'placed') throw new Error(`not placed: ${JSON.stringify(placed)}`);
      const { id, total } = placed.order;
      const money = {
        orderId: id,
        checkoutId: randomUUID(),
        paymentIntent: randomUUID(),
        ...total,
      };
      await inTransaction(db, (tx) => settleCaptured(tx, money));
      await findOrder(db, null, id);
    }
    expect(await plannedAnewBy(db)).toEqual([]);
  });
});

it('lists and searches are answered by the plans that are kept, whatever they ask for', async () => {
  const { url, db: filled, drop } = await createDatabase();
  const pool = createPool(url, { max: 1, logger: createLogger('silent') });
  await loadCatalogue(pool, 3000);
  await pool.end();
  const products = await filled
    .selectFrom('products')
    .select(['title', 'vendor', 'tags'])
    .limit(12)
    .execute();
  await onOneConnection(
    async (db) => {
      for (const [n, { title, vendor, tags }] of products.entries()) {
        const filters = [{}, { vendor }, { tag: tags[0] }, { category: `category-${n + 1}` }];
        for (const sort of ['newest', 'oldest', 'price', '-price', 'title'] as const)
          for (const filter of [...filters, { inStock: true }]) {
            const asked = { status: 'active', ...filter, sort } as const;
            const { nextCursor } = await listProducts(db, asked, { limit: n + 1 });
            const cursor = nextCursor ?? undefined;
            if (cursor) await listProducts(db, asked, { limit: n + 1, cursor });
          }
        await searchProducts(db, title, { limit: n + 1 });
      }
      expect(await plannedAnewBy(db)).toEqual([]);
    },
    { url },
  );
  await drop();
});

it('purchases go on over the connections that keep plans while columns are added to every table', async () => {
  const running = await startShop();
  const { variantId, id } = await running.product({ stock: 100, title: 'Copper kettle' });
  const buy = async () => {
    const { token } = await running.customer();
    // With a token nothing is answered from memory.
    for (const path of ['/api/products', '/api/products/search?q=kettle', `/api/products/${id}`])
      expect((await running.api('GET', path, { token })).status).toBe(200);
    const put = { token, body: { quantity: 1 } };
    expect((await running.api('PUT', `/api/cart/items/${variantId}`, put)).status).toBe(200);
    const { status, body } = await running.order(token, variantId);
    expect(status).toBe(201);
    await running.pay(token, body.id);
    expect((await running.api('DELETE', `/api/orders/${body.id}`, { token })).status).toBe(409);
  };
  const buyAll = () => Promise.all(Array.from({ length: 12 }, buy));
  await buyAll();
  const { rows } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`.execute(running.db);
  for (const { name } of rows)
    await sql`ALTER TABLE ${sql.table(name)} ADD COLUMN added_later text`.execute(running.db);
  await buyAll();
  // No event of Stripe had to be applied a second time.
  const events = running.db.selectFrom('webhook_events').select('attempts').distinct();
  expect(await events.where('state', '=', 'applied').execute()).toEqual([{ attempts: 1 }]);
  await running.stop();
});
