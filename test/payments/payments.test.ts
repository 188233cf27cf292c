import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { completedEvent, signedEvent } from '../support/stripe-events.ts';
import { until } from '../support/until.ts';

describe('payments', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  const order = async (price = 2000, quantity = 1) => {
    const product = await shop.product({ price, stock: 10 });
    const customer = await shop.customer();
    const { body } = await shop.order(customer.token, product.variantId, quantity);
    return { product, ...customer, order: body };
  };
  const checkout = (token: string, orderId: string, headers = {}) =>
    shop.api('POST', '/api/checkout', { token, body: { orderId }, headers });
  const statusOf = async (token: string, id: string) =>
    (await shop.api('GET', `/api/orders/${id}`, { token })).body.status;
  const charges = async (sessionId: string) => {
    const { data } = await shop.atStripe('/_test/charges');
    return data.filter((charge: { sessionId: string }) => charge.sessionId === sessionId);
  };

  it('pay an order on the payment page, priced by the server, exactly once', async () => {
    const { order: placed, token } = await order(2000, 2);
    const { status, body } = await checkout(token, placed.id);
    expect(status).toBe(201);
    expect(body.url).toBe(`${shop.standInUrl}/pay/${body.sessionId}`);
    expect((await shop.payAtStandIn(body.sessionId)).status).toBe(200);
    await until(async () => (await statusOf(token, placed.id)) === 'paid');
    expect(await charges(body.sessionId)).toMatchObject([{ amount: 4000, currency: 'usd' }]);
    const { body: payments } = await shop.api('GET', `/api/payments?orderId=${placed.id}`, {
      token,
    });
    expect(payments.data).toMatchObject([
      { status: 'succeeded', provider: 'stripe', amount: { amount: 4000, currency: 'USD' } },
    ]);
    const again = await checkout(token, placed.id);
    expect([again.status, again.body.code]).toEqual([409, 'conflict']);
  });

  it('open one Stripe session when 10 checkouts of an order race', async () => {
    const { order: placed, token } = await order();
    const answers = await Promise.all(Array.from({ length: 10 }, () => checkout(token, placed.id)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.sessionId)).size).toBe(1);
  });

  it('place one order when checkouts of items with one key race', async () => {
    const product = await shop.product({ stock: 10 });
    const { token } = await shop.customer();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        shop.api('POST', '/api/checkout', {
          token,
          body: { items: [{ variantId: product.variantId, quantity: 1 }] },
          headers: { 'idempotency-key': 'buy-once' },
        }),
      ),
    );
    expect(new Set(answers.map(({ body }) => `${body.orderId} ${body.sessionId}`)).size).toBe(1);
    expect(await shop.available(product)).toBe(9);
  });

  it('leave the order pending when a card is declined, and let another card pay', async () => {
    const { order: placed, token } = await order();
    const { body } = await checkout(token, placed.id);
    expect((await shop.payAtStandIn(body.sessionId, '4000000000000002')).status).toBe(402);
    expect(await statusOf(token, placed.id)).toBe('pending');
    expect((await shop.payAtStandIn(body.sessionId)).status).toBe(200);
    await until(async () => (await statusOf(token, placed.id)) === 'paid');
  });

  it('answer 503 with Retry-After while Stripe is down, and go on with the same session afterwards', async () => {
    const { order: placed, token } = await order();
    await shop.fault({ down: true });
    const { status, body, headers } = await checkout(token, placed.id, {
      'idempotency-key': randomUUID(),
    });
    expect([status, body.code]).toEqual([503, 'payment_provider_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    await shop.fault({ clear: true });
    expect((await checkout(token, placed.id)).status).toBe(201);
  });

  it('go on with the same session when the answer to opening it was lost and the order’s address changed', async () => {
    const { order: placed, token } = await order();
    await shop.fault({ timeoutAfterWork: 'drop', match: 'POST /v1/checkout/sessions' });
    expect((await checkout(token, placed.id)).status).toBe(503);
    await shop.fault({ clear: true });
    const email = { email: 'elsewhere@example.test' };
    await shop.api('PUT', `/api/orders/${placed.id}`, { token, body: email });
    expect((await checkout(token, placed.id)).status).toBe(201);
  });

  it('are settled by administrators and Stripe alone', async () => {
    const { order: placed, token } = await order();
    const own = { orderId: placed.id };
    const forbidden = await shop.api('POST', '/api/payments', {
      token,
      body: { ...own, status: 'succeeded' },
    });
    expect(forbidden.status).toBe(403);
    const wrong = await shop.api('POST', '/api/payments', {
      token,
      body: { ...own, amount: { amount: 1, currency: 'USD' } },
    });
    expect(wrong.status).toBe(400);
    const promised = await shop.api('POST', '/api/payments', { token, body: own });
    expect([promised.status, promised.body.status]).toEqual([201, 'pending']);
    expect(await statusOf(token, placed.id)).toBe('pending');
    const stranger = await shop.customer();
    expect(
      (await shop.api('GET', `/api/payments/${promised.body.id}`, { token: stranger.token }))
        .status,
    ).toBe(404);
    expect(
      (await shop.api('POST', '/api/payments', { token: stranger.token, body: own })).status,
    ).toBe(404);
    await shop.api('PUT', `/api/orders/${placed.id}`, {
      token: await shop.adminToken(),
      body: { status: 'paid' },
    });
    expect(
      (await shop.api('GET', `/api/payments/${promised.body.id}`, { token })).body.status,
    ).toBe('succeeded');
  });

  it('are not asked for any more once an administrator marked the order paid', async () => {
    const { order: placed, token } = await order();
    const { body } = await checkout(token, placed.id);
    const paid = { token: await shop.adminToken(), body: { status: 'paid' } };
    expect((await shop.api('PUT', `/api/orders/${placed.id}`, paid)).body.status).toBe('paid');
    await until(async () => (await shop.payAtStandIn(body.sessionId)).status === 409);
  });

  it('that were announced end with an order that is cancelled', async () => {
    const { order: placed, token } = await order();
    const promised = await shop.api('POST', '/api/payments', {
      token,
      body: { orderId: placed.id },
    });
    await shop.api('DELETE', `/api/orders/${placed.id}`, { token });
    await until(async () => {
      const { body } = await shop.api('GET', `/api/payments/${promised.body.id}`, { token });
      return body.status === 'cancelled';
    });
  });

  describe('webhooks', () => {
    const signed = (event: object, how: { secret?: string; timestamp?: number } = {}) =>
      shop.api('POST', '/api/webhooks/stripe', signedEvent(event, how));
    const completed = (orderId: string, sessionId: string, change: object = {}) =>
      completedEvent(shop.db, orderId, sessionId, change);
    const eventState = async (id: string) =>
      (
        await shop.db
          .selectFrom('webhook_events')
          .select('state')
          .where('event_id', '=', id)
          .executeTakeFirst()
      )?.state;

    it('are refused when the signature is wrong, old or missing', async () => {
      const event = { id: 'evt_x', object: 'event', type: 'ping', data: { object: {} } };
      expect((await signed(event, { secret: 'whsec_other' })).status).toBe(400);
      expect((await signed(event, { timestamp: Math.floor(Date.now() / 1000) - 301 })).status).toBe(
        400,
      );
      expect((await shop.api('POST', '/api/webhooks/stripe', { body: event })).status).toBe(400);
      expect(await eventState('evt_x')).toBeUndefined();
    });

    it('with another amount or currency are parked and settle nothing', async () => {
      for (const change of [
        { amount_total: 1 },
        { currency: 'jpy' },
        { metadata: { order_id: randomUUID() } },
      ]) {
        const { order: placed, token } = await order();
        const { body } = await checkout(token, placed.id);
        const event = await completed(placed.id, body.sessionId, change);
        expect((await signed(event)).status).toBe(200);
        await until(async () => (await eventState(event.id)) === 'parked');
        expect(await statusOf(token, placed.id)).toBe('pending');
      }
    });

    it('settle an order whichever of them comes first', async () => {
      const { order: placed, token } = await order();
      const { body } = await checkout(token, placed.id);
      await shop.fault({ drop: 100 });
      await shop.payAtStandIn(body.sessionId);
      await shop.fault({ clear: true });
      const { data } = await shop.atStripe('/_test/events');
      const ours = data.filter(
        (event: { data: { object: { metadata?: { order_id?: string }; id: string } } }) =>
          event.data.object.metadata?.order_id === placed.id ||
          event.data.object.id === body.sessionId,
      );
      expect(ours.length).toBeGreaterThan(2);
      for (const event of ours.reverse()) expect((await signed(event)).status).toBe(200);
      await until(async () => (await statusOf(token, placed.id)) === 'paid');
    });

    it('give back money that arrives for a cancelled order', async () => {
      const { order: placed, token, product } = await order();
      const { body } = await checkout(token, placed.id);
      await shop.fault({ delayMs: 600_000 });
      await shop.payAtStandIn(body.sessionId);
      expect((await shop.api('DELETE', `/api/orders/${placed.id}`, { token })).status).toBe(200);
      await fetch(`${shop.standInUrl}/_test/webhooks/flush`, { method: 'POST' });
      await until(async () => (await charges(body.sessionId))[0]?.amountRefunded === 2000);
      await shop.fault({ clear: true });
      expect(await statusOf(token, placed.id)).toBe('cancelled');
      expect(await shop.available(product)).toBe(10);
    });
  });

  describe('refunds', () => {
    const paid = async (price = 2000) => {
      const placed = await order(price);
      await shop.pay(placed.token, placed.order.id);
      return placed;
    };
    const refund = async (orderId: string, amount?: number, headers = {}) =>
      shop.api('POST', `/api/orders/${orderId}/refunds`, {
        token: await shop.adminToken(),
        body:
          amount === undefined ? {} : { amount: { amount, currency: 'USD' }, reason: 'damaged' },
        headers,
      });

    it('in parts never exceed what was paid, also when they race', async () => {
      const { order: placed, token } = await paid();
      const answers = await Promise.all(Array.from({ length: 10 }, () => refund(placed.id, 600)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
      const { body } = await shop.api('GET', `/api/orders/${placed.id}`, { token });
      expect(body.refundedTotal).toEqual({ amount: 1800, currency: 'USD' });
      expect((await refund(placed.id)).body.amount.amount).toBe(200);
      expect((await refund(placed.id)).status).toBe(409);
    });

    it('with one key happen once', async () => {
      const { order: placed, token } = await paid();
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          refund(placed.id, 500, { 'idempotency-key': 'refund-once' }),
        ),
      );
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
      expect(
        (await shop.api('GET', `/api/orders/${placed.id}`, { token })).body.refundedTotal.amount,
      ).toBe(500);
    });

    it('in full give the units of an order that was not sent back to stock, and stop it from being sent', async () => {
      const { order: placed, product } = await paid();
      expect(await shop.available(product)).toBe(9);
      expect((await refund(placed.id)).body.status).toBe('succeeded');
      expect(await shop.available(product)).toBe(10);
      const sent = await shop.api('PUT', `/api/orders/${placed.id}`, {
        token: await shop.adminToken(),
        body: { status: 'fulfilled' },
      });
      expect(sent.body.code).toBe('invalid_transition');
    });

    it('stay pending while Stripe is down, and are sent once afterwards', async () => {
      const { order: placed, token } = await paid();
      await shop.fault({ down: true });
      const answer = await refund(placed.id, 700);
      expect([answer.status, answer.body.status]).toEqual([201, 'pending']);
      await shop.fault({ clear: true });
      await until(
        async () =>
          (await shop.api('GET', `/api/orders/${placed.id}`, { token })).body.refundedTotal
            .amount === 700,
      );
    });

    it('are for administrators, and only of paid orders', async () => {
      const { order: placed, token } = await order();
      expect(
        (await shop.api('POST', `/api/orders/${placed.id}/refunds`, { token, body: {} })).status,
      ).toBe(403);
      expect((await refund(placed.id)).body.code).toBe('conflict');
      expect((await refund(randomUUID())).status).toBe(404);
    });
  });
});
