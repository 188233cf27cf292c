import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

describe('orders', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  it('are priced by the server and reserve their stock', async () => {
    const product = await shop.product({ price: 2500, stock: 4 });
    const { token, email } = await shop.customer();
    const { status, body, headers } = await shop.order(token, product.variantId, 3);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/orders/${body.id}`);
    expect(body).toMatchObject({
      status: 'pending',
      currency: 'USD',
      email,
      subtotal: { amount: 7500, currency: 'USD' },
      total: { amount: 7500, currency: 'USD' },
      refundedTotal: { amount: 0, currency: 'USD' },
      items: [
        { variantId: product.variantId, quantity: 3, unitPrice: { amount: 2500, currency: 'USD' } },
      ],
    });
    expect(Date.parse(body.reservedUntil)).toBeGreaterThan(Date.now());
    expect(await shop.available(product)).toBe(1);
  });

  it('are of variants of the products that they name, and of none that is gone', async () => {
    const [sold, other] = [await shop.product(), await shop.product()];
    const { token } = await shop.customer();
    const { body: order } = await shop.order(token, sold.variantId);
    const { db } = shop;
    const line = sql`order_id = ${order.id}`;
    for (const attack of [
      sql`UPDATE order_items SET product_id = ${other.id} WHERE ${line}`,
      sql`UPDATE order_items SET variant_id = ${other.variantId} WHERE ${line}`,
      sql`UPDATE variants SET product_id = ${other.id} WHERE id = ${sold.variantId}`,
      sql`DELETE FROM products WHERE id = ${sold.id}`,
    ])
      await expect(attack.execute(db)).rejects.toThrow('order_items_variant_of_product_fkey');
    // Nobody looks whether it was ordered while an order of it is under way: the order, or the product, goes.
    const [placed, removed] = await Promise.all([
      shop.order(token, other.variantId),
      shop.api('DELETE', `/api/products/${other.id}`, { token: await shop.adminToken() }),
    ]);
    expect([200, 204]).toContain(removed.status);
    const { rows } = await sql<{ lines: number }>`
      SELECT count(*)::int AS lines FROM order_items JOIN variants
        ON variants.id = variant_id AND variants.product_id = order_items.product_id
      WHERE order_items.product_id = ${other.id}`.execute(db);
    expect(rows).toEqual([{ lines: placed.status === 201 ? 1 : 0 }]);
  });

  it('keep the price of their moment when the catalogue changes', async () => {
    const product = await shop.product({ price: 1000 });
    const { token } = await shop.customer();
    const { body: order } = await shop.order(token, product.variantId);
    await shop.api('PUT', `/api/products/${product.id}`, {
      token: await shop.adminToken(),
      body: {
        variants: [{ id: product.variantId, sku: 'A', price: { amount: 9999, currency: 'USD' } }],
      },
    });
    const { body } = await shop.api('GET', `/api/orders/${order.id}`, { token });
    expect(body.total.amount).toBe(1000);
    expect((await shop.order(token, product.variantId)).body.total.amount).toBe(9999);
  });

  it('refuse prices, totals, status and owner from a client, and change nothing', async () => {
    const product = await shop.product({ stock: 4 });
    const { token } = await shop.customer();
    for (const extra of [
      { total: { amount: 1, currency: 'USD' } },
      { status: 'paid' },
      { customerId: randomUUID() },
      {
        items: [
          { variantId: product.variantId, quantity: 1, unitPrice: { amount: 1, currency: 'USD' } },
        ],
      },
    ]) {
      const { status, body } = await shop.api('POST', '/api/orders', {
        token,
        body: { items: [{ variantId: product.variantId, quantity: 1 }], ...extra },
      });
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    }
    expect(await shop.available(product)).toBe(4);
    expect((await shop.api('GET', '/api/orders', { token })).body.data).toEqual([]);
  });

  it('for more than is in stock are refused and reserve nothing', async () => {
    const [plenty, scarce] = [await shop.product({ stock: 9 }), await shop.product({ stock: 1 })];
    const { token } = await shop.customer();
    const { status, body } = await shop.api('POST', '/api/orders', {
      token,
      body: {
        items: [
          { variantId: plenty.variantId, quantity: 1 },
          { variantId: scarce.variantId, quantity: 2 },
        ],
      },
    });
    expect([status, body.code]).toEqual([409, 'insufficient_stock']);
    expect(await shop.available(plenty)).toBe(9);
  });

  it('sum the lines of one variant before they look at the stock', async () => {
    const product = await shop.product({ stock: 3 });
    const { token } = await shop.customer();
    const line = { variantId: product.variantId, quantity: 2 };
    const refused = await shop.api('POST', '/api/orders', { token, body: { items: [line, line] } });
    expect(refused.status).toBe(409);
    expect(await shop.available(product)).toBe(3);
  });

  it('go beyond the stock of a variant that sells on, and only of that', async () => {
    const product = await shop.product({ stock: 1, inventoryPolicy: 'continue' });
    const { token } = await shop.customer();
    expect((await shop.order(token, product.variantId, 5)).status).toBe(201);
  });

  it('of others do not exist for a customer', async () => {
    const product = await shop.product();
    const [owner, other] = [await shop.customer(), await shop.customer()];
    const { body: order } = await shop.order(owner.token, product.variantId);
    for (const [method, body] of [
      ['GET'],
      ['DELETE'],
      ['PUT', { email: 'x@example.test' }],
    ] as const)
      expect(
        (await shop.api(method, `/api/orders/${order.id}`, { token: other.token, body })).status,
      ).toBe(404);
    expect(
      (await shop.api('POST', '/api/checkout', { token: other.token, body: { orderId: order.id } }))
        .status,
    ).toBe(404);
    expect((await shop.api('GET', `/api/orders/${order.id}`)).status).toBe(401);
  });

  it('that are not there have no events and no refunds, not even empty ones', async () => {
    const token = await shop.adminToken();
    for (const path of ['', '/events', '/refunds']) {
      const { status } = await shop.api('GET', `/api/orders/${newId()}${path}`, { token });
      expect([path, status]).toEqual([path, 404]);
    }
  });

  it('page newest first without gaps', async () => {
    const product = await shop.product({ stock: 50 });
    const { token } = await shop.customer();
    const placed: string[] = [];
    for (let index = 0; index < 5; index++)
      placed.unshift((await shop.order(token, product.variantId)).body.id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor ? `&cursor=${cursor}` : '';
      const { body } = await shop.api('GET', `/api/orders?limit=2${query}`, { token });
      seen.push(...body.data.map((order: { id: string }) => order.id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(placed);
  });

  it('follow the state machine under an administrator’s hand, and nobody else’s', async () => {
    const product = await shop.product({ stock: 3 });
    const { token } = await shop.customer();
    const admin = await shop.adminToken();
    const { body: order } = await shop.order(token, product.variantId, 2);
    const move = (status: string, by = admin) =>
      shop.api('PUT', `/api/orders/${order.id}`, { token: by, body: { status } });
    expect((await move('paid', token)).status).toBe(403);
    expect((await move('delivered')).body.code).toBe('invalid_transition');
    expect((await move('paid')).body.status).toBe('paid');
    expect((await move('cancelled')).body.code).toBe('invalid_transition');
    expect((await move('fulfilled')).body.status).toBe('fulfilled');
    expect((await move('delivered')).body.status).toBe('delivered');
    expect((await move('fulfilled')).body.code).toBe('invalid_transition');
    expect(await shop.available(product)).toBe(1);
  });

  it('change wholly or not at all: a refused status leaves the address as it was', async () => {
    const product = await shop.product({ stock: 3 });
    const { token } = await shop.customer();
    const admin = await shop.adminToken();
    const { body: order } = await shop.order(token, product.variantId, 1);
    const path = `/api/orders/${order.id}`;
    for (const status of ['pending', 'expired', 'fulfilled', 'delivered']) {
      const body = { status, email: 'other@example.test' };
      const refused = await shop.api('PUT', path, { token: admin, body });
      expect([status, refused.body.code]).toEqual([status, 'invalid_transition']);
      expect((await shop.api('GET', path, { token })).body).toEqual(order);
    }
    const events = await shop.api('GET', `${path}/events`, { token: admin });
    expect(events.body.data.map(({ type }: { type: string }) => type)).toEqual(['order.placed']);
    const body = { status: 'paid', email: 'other@example.test' };
    const taken = await shop.api('PUT', path, { token: admin, body });
    expect(taken.body).toMatchObject({ status: 'paid', email: 'other@example.test' });
  });

  it('refuse an idempotency key that was used for another body', async () => {
    const product = await shop.product();
    const { token } = await shop.customer();
    const headers = { 'idempotency-key': 'two-bodies' };
    await shop.order(token, product.variantId, 1, headers);
    const { status, body } = await shop.order(token, product.variantId, 2, headers);
    expect([status, body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it.each(['', '""'])('refuse an idempotency key of nothing, as %j', async (key) => {
    const product = await shop.product();
    const { token } = await shop.customer();
    const headers = { 'idempotency-key': key };
    const { status, body } = await shop.order(token, product.variantId, 1, headers);
    expect([status, body.code]).toEqual([400, 'validation_failed']);
    expect(body.errors[0].path).toBe('idempotency-key');
  });

  it('do not burn an idempotency key with a refusal', async () => {
    const product = await shop.product({ stock: 0 });
    const { token } = await shop.customer();
    const headers = { 'idempotency-key': 'first-refused' };
    expect((await shop.order(token, product.variantId, 1, headers)).status).toBe(409);
    await shop.api('POST', `/api/inventory/${product.variantId}/adjustments`, {
      token: await shop.adminToken(),
      body: { delta: 1, reason: 'delivery' },
    });
    expect((await shop.order(token, product.variantId, 1, headers)).status).toBe(201);
  });
});

describe('an order that is not paid in time', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop({ RESERVATION_TTL_SECONDS: '1' });
  });
  afterAll(() => shop.stop());

  it('expires by itself and its stock returns', async () => {
    const product = await shop.product({ stock: 2 });
    const { token } = await shop.customer();
    const { body: order } = await shop.order(token, product.variantId, 2);
    await until(
      async () =>
        (await shop.api('GET', `/api/orders/${order.id}`, { token })).body.status === 'expired',
    );
    expect(await shop.available(product)).toBe(2);
    // That it was held meanwhile is in the ledger, however soon it was over.
    const { body } = await shop.api('GET', `/api/inventory/${product.variantId}/movements`, {
      token: await shop.adminToken(),
    });
    expect(body.data.map(({ kind }: { kind: string }) => kind)).toEqual([
      ...['release', 'reservation', 'receipt'],
    ]);
    const cancel = await shop.api('DELETE', `/api/orders/${order.id}`, { token });
    expect(cancel.body.code).toBe('invalid_transition');
  });
});

describe('money that arrives after its order expired', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
    // Held until the test lets them go, so that nothing depends on how quick the machine is.
    await shop.fault({ delayMs: 600_000 });
  });
  afterAll(() => shop.stop());

  /** An order that was paid at Stripe, but expired before the shop heard of it. */
  async function paidTooLate(variantId: string, quantity: number) {
    const { token } = await shop.customer();
    const { body: order } = await shop.order(token, variantId, quantity);
    const { body } = await shop.api('POST', '/api/checkout', {
      token,
      body: { orderId: order.id },
    });
    expect((await shop.payAtStandIn(body.sessionId)).status).toBe(200);
    await shop.db
      .updateTable('orders')
      .set({ reserved_until: sql`now()` })
      .where('id', '=', order.id)
      .execute();
    const status = async () =>
      (await shop.api('GET', `/api/orders/${order.id}`, { token })).body.status;
    await until(async () => (await status()) === 'expired');
    return { status, sessionId: String(body.sessionId) };
  }

  const deliver = () => fetch(`${shop.standInUrl}/_test/webhooks/flush`, { method: 'POST' });

  it('takes the stock again where it is still there', async () => {
    const product = await shop.product({ stock: 2 });
    const late = await paidTooLate(product.variantId, 2);
    expect(await shop.available(product)).toBe(2);
    await deliver();
    await until(async () => (await late.status()) === 'paid');
    expect(await shop.available(product)).toBe(0);
  });

  it('is given back where the stock was sold meanwhile', async () => {
    const product = await shop.product({ stock: 1 });
    const late = await paidTooLate(product.variantId, 1);
    const quick = await shop.customer();
    expect((await shop.order(quick.token, product.variantId)).status).toBe(201);
    await deliver();
    await until(async () => {
      const { data } = await shop.atStripe('/_test/charges');
      return data.some(
        (charge: { sessionId: string; amount: number; amountRefunded: number }) =>
          charge.sessionId === late.sessionId && charge.amountRefunded === charge.amount,
      );
    });
    expect(await late.status()).toBe('expired');
  });
});
