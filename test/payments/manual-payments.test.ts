import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings, movementsOf, placeOrder } from '../ledger/support.ts';
import { repairNow } from '../resilience/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { apply, intentOf, stripeEvent } from '../support/stripe-events.ts';
import { until } from '../support/until.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const announce = (token: string, orderId: string, headers = {}) =>
  shop.api('POST', '/api/payments', { token, body: { orderId }, headers });
const record = async (orderId: string, headers = {}) =>
  shop.api('POST', '/api/payments', {
    token: await shop.adminToken(),
    body: { orderId, status: 'succeeded' },
    headers,
  });
const paymentsOf = async (orderId: string) =>
  (await shop.api('GET', `/api/payments?orderId=${orderId}`, { token: await shop.adminToken() }))
    .body.data;
const isCancelled = ({ status }: { status: string }): boolean => status === 'cancelled';
const historyOf = async (orderId: string): Promise<string[]> => {
  const token = await shop.adminToken();
  const { body } = await shop.api('GET', `/api/orders/${orderId}/events`, { token });
  return body.data.map(({ type }: { type: string }) => type);
};

describe('a manual payment recorded by an administrator', () => {
  it('is answered as succeeded, and again under its key, and happens once', async () => {
    const { id } = await placeOrder(shop);
    const key = { 'idempotency-key': randomUUID() };
    const first = await record(id, key);
    expect([first.status, first.body.status]).toEqual([201, 'succeeded']);
    const again = await record(id, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    for (const { headers } of [first, again])
      expect(headers.get('location')).toBe(`/api/payments/${first.body.id}`);
    expect(await paymentsOf(id)).toHaveLength(1);
    expect(await historyOf(id)).toEqual(['order.placed', 'order.paid', 'payment.captured']);
  });

  it('happens once when twins race under one key', async () => {
    const { id } = await placeOrder(shop);
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => record(id, key)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(await movementsOf(shop, id)).toEqual(['capture: 2000 sales → manual_receipts']);
  });

  it('may be of more than one thing costs at most, and so may its refunds', async () => {
    const { variantId } = await shop.product({ price: 99_999_999 });
    const { body: order } = await shop.order((await shop.customer()).token, variantId, 3);
    const token = await shop.adminToken();
    const body = { orderId: order.id, status: 'succeeded', amount: order.total };
    expect((await shop.api('POST', '/api/payments', { token, body })).status).toBe(201);
    const refund = await shop.api('POST', `/api/orders/${order.id}/refunds`, {
      token,
      body: { amount: { amount: 199_999_998, currency: 'USD' } },
    });
    expect([refund.status, refund.body.status]).toEqual([201, 'succeeded']);
  });

  it('is the one that the customer announced', async () => {
    const { id, token } = await placeOrder(shop);
    const { body: announced } = await announce(token, id);
    const { body: recorded } = await record(id, { 'idempotency-key': randomUUID() });
    expect([recorded.id, recorded.status]).toEqual([announced.id, 'succeeded']);
    expect(await paymentsOf(id)).toHaveLength(1);
  });

  it('that is refused leaves its key and its order as they were', async () => {
    const { id, token } = await placeOrder(shop);
    await shop.api('DELETE', `/api/orders/${id}`, { token });
    const key = { 'idempotency-key': randomUUID() };
    const refused = await record(id, key);
    expect([refused.status, refused.body.code]).toEqual([409, 'invalid_transition']);
    expect((await record(id, key)).headers.get('idempotent-replayed')).toBeNull();
    expect(await paymentsOf(id)).toEqual([]);
    const other = await shop.api('POST', '/api/payments', {
      token: await shop.adminToken(),
      body: {
        orderId: (await placeOrder(shop)).id,
        status: 'succeeded',
        amount: { amount: 1, currency: 'USD' },
      },
    });
    expect(other.status).toBe(400);
    expect((await record(randomUUID())).status).toBe(404);
  });
});

describe('the events of a payment', () => {
  it.each([
    ['payment.announced', 20, (token: string, id: string) => announce(token, id)],
    ['payment.captured', 20, (_token: string, id: string) => record(id)],
    [
      'payment.captured',
      0,
      (token: string, id: string) =>
        shop.api('POST', '/api/checkout', { token, body: { orderId: id } }),
    ],
  ])('name its order in small letters, as everything does: %s of %d', async (type, price, ask) => {
    const { variantId } = await shop.product({ price });
    const { token } = await shop.customer();
    const { body } = await shop.order(token, variantId);
    const answer = await ask(token, body.id.toUpperCase());
    expect([answer.status, answer.body.orderId]).toEqual([201, body.id]);
    const { payload } = await shop.db
      .selectFrom('outbox_events')
      .select('payload')
      .where('stream_id', '=', body.id)
      .where('type', '=', type as 'payment.captured')
      .executeTakeFirstOrThrow();
    expect(payload).toMatchObject({ orderId: body.id });
  });

  it('tell its announcement once, also when it is asked for again', async () => {
    const { id, token } = await placeOrder(shop);
    const key = { 'idempotency-key': randomUUID() };
    await announce(token, id, key);
    await announce(token, id, key);
    expect((await announce(token, id)).status).toBe(409);
    expect(await historyOf(id)).toEqual(['order.placed', 'payment.announced']);
  });

  it('tell once that an announced payment is no longer expected', async () => {
    const { id, token } = await placeOrder(shop);
    await announce(token, id);
    await shop.api('DELETE', `/api/orders/${id}`, { token });
    await until(async () => (await paymentsOf(id))[0].status === 'cancelled');
    expect(await historyOf(id)).toEqual([
      'order.placed',
      'payment.announced',
      'order.cancelled',
      'payment.cancelled',
    ]);
  });

  it('tell once that an announced payment is no longer expected, as the order was paid by card', async () => {
    const { id, token } = await placeOrder(shop);
    await announce(token, id);
    await shop.pay(token, id);
    await until(async () => (await paymentsOf(id)).some(isCancelled));
    expect((await historyOf(id)).filter((type) => type.startsWith('payment.'))).toEqual([
      'payment.announced',
      'payment.captured',
      'payment.cancelled',
    ]);
    expect(await findings(shop)).toEqual([]);
  });

  it('tell the same of one whose order an older version saw paid by card', async () => {
    const { id, token } = await placeOrder(shop);
    await shop.pay(token, id);
    await sql`
      INSERT INTO payments (id, order_id, provider, status, amount, currency)
      VALUES (${randomUUID()}, ${id}, 'manual', 'pending', 2000, 'USD')`.execute(shop.db);
    await sql`UPDATE orders SET updated_at = now() - interval '1 hour' WHERE id = ${id}`.execute(
      shop.db,
    );
    await repairNow(shop);
    await until(async () => (await paymentsOf(id)).some(isCancelled));
  });

  it('tell every declined attempt once, and none that Stripe reports after the success', async () => {
    const { id, token } = await placeOrder(shop);
    await shop.api('POST', '/api/checkout', { token, body: { orderId: id } });
    const intent = await intentOf(shop, id);
    const declined = () => stripeEvent('payment_intent.payment_failed', intent);
    const first = declined();
    await apply(shop, first);
    await apply(shop, first);
    await apply(shop, declined());
    await apply(shop, stripeEvent('payment_intent.succeeded', intent));
    await apply(shop, declined());
    expect(await historyOf(id)).toEqual([
      'order.placed',
      'payment.failed',
      'payment.failed',
      'payment.captured',
      'order.paid',
    ]);
    const payment = await shop.db
      .selectFrom('outbox_events')
      .select('payload')
      .where('stream_id', '=', id)
      .where('type', '=', 'payment.failed')
      .executeTakeFirstOrThrow();
    expect(payment.payload).toEqual({
      orderId: id,
      amount: { amount: 2000, currency: 'USD' },
      failureCode: 'generic_decline',
    });
  });

  it('are not missed by the audit where an older version changed the payment', async () => {
    const { id } = await placeOrder(shop);
    await shop.db
      .insertInto('payments')
      .values({
        id: randomUUID(),
        order_id: id,
        provider: 'manual',
        status: 'cancelled',
        amount: 2000,
        currency: 'USD',
      })
      .execute();
    expect(await findings(shop)).toEqual([]);
  });

  it.each([
    ['payment.announced', 'announced_at = now()', `provider = 'manual' AND status = 'succeeded'`],
    ['payment.failed', 'declines = declines + 1', `provider = 'stripe'`],
  ])('are missed by the audit where %s was not told', async (type, change, which) => {
    await sql
      .raw(`UPDATE payments SET ${change} WHERE id =
        (SELECT id FROM payments WHERE announced_at IS NULL AND ${which} LIMIT 1)`)
      .execute(shop.db);
    expect(await findings(shop)).toContainEqual(
      expect.stringMatching(new RegExp(`^payment-events: payment \\S+ ${type}`)),
    );
  });
});
