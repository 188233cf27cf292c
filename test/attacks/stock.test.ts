import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/api.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';

/** Requests alternate between two processes on one database: nothing that a process remembers can help. */
describe('stock, attacked through two processes', () => {
  let shop: Fleet;
  beforeAll(async () => {
    shop = await startFleet();
  });
  afterEach(() => expectCleanAudit(shop.db));
  afterAll(() => shop.stop());

  const times = <T>(count: number, act: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => act(index)));
  const counted = (answers: readonly Answer[]) =>
    Object.fromEntries(
      Object.entries(
        Object.groupBy(answers, ({ status, body }) => `${status} ${body.code ?? ''}`.trim()),
      ).map(([outcome, of]) => [outcome, of?.length]),
    );

  it('the last unit goes to one of 200 buyers (ACIDRain inventory, level-based; Vendure #1738)', async () => {
    const product = await shop.product({ stock: 1 });
    const buyers = await times(10, () => shop.customer());
    const answers = await times(200, (index) =>
      shop.order(buyers[index % 10]?.token ?? '', product.variantId),
    );
    expect(counted(answers)).toEqual({ 201: 1, '409 insufficient_stock': 199 });
    expect(await shop.available(product)).toBe(0);
  });

  it('400 orders of two products in opposite order sell exactly what is there, without a deadlock (Spree, Medusa: unsorted locks)', async () => {
    const products = [await shop.product({ stock: 50 }), await shop.product({ stock: 50 })];
    const { token } = await shop.customer();
    const answers = await times(400, (index) => {
      const items = products.map(({ variantId }) => ({ variantId, quantity: 1 }));
      if (index % 2 === 1) items.reverse();
      return shop.api('POST', '/api/orders', { token, body: { items } });
    });
    expect(counted(answers)).toEqual({ 201: 50, '409 insufficient_stock': 350 });
    for (const product of products) expect(await shop.available(product)).toBe(0);
  });

  it('orders with two lines of one variant cannot together take more than is there (Medusa #16502, Vendure #2702)', async () => {
    const product = await shop.product({ stock: 5 });
    const { token } = await shop.customer();
    const line = { variantId: product.variantId, quantity: 1 };
    const answers = await times(20, () =>
      shop.api('POST', '/api/orders', { token, body: { items: [line, line] } }),
    );
    expect(counted(answers)).toEqual({ 201: 2, '409 insufficient_stock': 18 });
    expect(await shop.available(product)).toBe(1);
  });

  it('a refused order leaves nothing behind: no order, no line, no event, no key, no held unit (Medusa #16825)', async () => {
    const plenty = await shop.product({ stock: 9 });
    const scarce = await shop.product({ stock: 0 });
    const { token, id: customerId } = await shop.customer();
    const items = [plenty, scarce].map(({ variantId }) => ({ variantId, quantity: 1 }));
    const answers = await times(20, (index) =>
      shop.api('POST', '/api/orders', {
        token,
        body: { items },
        headers: { 'idempotency-key': `refused-${index}` },
      }),
    );
    expect(counted(answers)).toEqual({ '409 insufficient_stock': 20 });
    expect(await shop.available(plenty)).toBe(9);
    const { rows } = await sql`
      SELECT id::text FROM orders WHERE customer_id = ${customerId}
      UNION ALL SELECT key FROM idempotency_keys WHERE actor_id = ${customerId}
      UNION ALL SELECT kind FROM stock_movements
        WHERE variant_id = ${plenty.variantId} AND kind <> 'receipt'`.execute(shop.db);
    expect(rows).toEqual([]);
  });

  it('many customers who order at once all succeed, each with a number of their own (EverShop: order numbers collide)', async () => {
    const product = await shop.product({ stock: 60 });
    const buyers = await times(12, () => shop.customer());
    const answers = await times(60, (index) =>
      shop.order(buyers[index % 12]?.token ?? '', product.variantId),
    );
    expect(counted(answers)).toEqual({ 201: 60 });
    expect(new Set(answers.map(({ body }) => body.number)).size).toBe(60);
  });

  it('20 cancels of one order give its units back once', async () => {
    const product = await shop.product({ stock: 5 });
    const { token } = await shop.customer();
    const { body: order } = await shop.order(token, product.variantId, 3);
    const answers = await times(20, () => shop.api('DELETE', `/api/orders/${order.id}`, { token }));
    expect(counted(answers)).toEqual({ 200: 20 });
    expect(await shop.available(product)).toBe(5);
  });

  it('units that an administrator takes away while orders come are sold or taken, never both', async () => {
    const product = await shop.product({ stock: 20 });
    const { token } = await shop.customer();
    const admin = await shop.adminToken();
    const answers = await times(60, (index) =>
      index % 2 === 0
        ? shop.order(token, product.variantId)
        : shop.api('POST', `/api/inventory/${product.variantId}/adjustments`, {
            token: admin,
            body: { delta: -1, reason: 'broken' },
          }),
    );
    const done = answers.filter(({ status }) => status < 300);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(done).toHaveLength(20);
    expect(await shop.available(product)).toBe(0);
  });

  it('an order whose time runs out while it is paid and cancelled ends in one way, its money and units with it (Spree: lapsed holds)', async () => {
    const product = await shop.product({ stock: 12, price: 700 });
    const { token } = await shop.customer();
    await shop.fault({ delayMs: 600_000 });
    const orders = await times(12, async () => {
      const { body } = await shop.order(token, product.variantId);
      const checkout = await shop.api('POST', '/api/checkout', {
        token,
        body: { orderId: body.id },
      });
      await shop.payAtStandIn(checkout.body.sessionId);
      return { id: String(body.id), sessionId: String(checkout.body.sessionId) };
    });
    await shop.fault({ clear: true });
    await Promise.all([
      shop.flushWebhooks(),
      ...orders.map(({ id }, index) =>
        index % 2 === 0
          ? shop.api('DELETE', `/api/orders/${id}`, { token })
          : shop.db
              .updateTable('orders')
              .set({ reserved_until: sql`now()` })
              .where('id', '=', id)
              .where('status', '=', 'pending')
              .execute(),
      ),
    ]);
    for (const { id, sessionId } of orders)
      await until(
        async () => {
          const { body } = await shop.api('GET', `/api/orders/${id}`, { token });
          const [charge] = await shop.chargesOf(sessionId);
          const returned = charge?.amountRefunded === 700;
          return body.status === 'paid' ? !returned : body.status !== 'pending' && returned;
        },
        { what: 'one end of each order' },
      );
    const { body } = await shop.api('GET', '/api/orders?limit=50&status=paid', { token });
    expect(await shop.available(product)).toBe(12 - body.data.length);
  });
});
