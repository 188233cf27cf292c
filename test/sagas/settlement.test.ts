import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanAudit } from '../support/clean.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';
import { crashNow, holdAt, holdCommit, unanswered } from './hold.ts';
import { type Buying, buying } from './support.ts';

/** One process, killed between two steps and started again; the database and Stripe outlive it. */
describe('kill -9 from a payment to the end of its order', () => {
  let shop: Fleet;
  let buy: Buying;
  beforeAll(async () => {
    shop = await startFleet({ processes: 1 });
    buy = buying(shop);
  });
  afterEach(async () => {
    await shop.fault({ clear: true });
    await expectCleanAudit(shop.db);
  });
  afterAll(() => shop.stop());

  const opened = async (fields: { price?: number; stock?: number } = {}) => {
    const order = await buy.order(fields);
    const { body } = await buy.checkout(order);
    return { ...order, sessionId: String(body.sessionId) };
  };
  type Opened = Awaited<ReturnType<typeof opened>>;
  const paid = async () => {
    const order = await opened();
    await shop.payAtStandIn(order.sessionId);
    await buy.becomes(order, 'paid');
    return order;
  };
  const expire = ({ id }: Opened) =>
    shop.db
      .updateTable('orders')
      .set({ reserved_until: sql`now()` })
      .where('id', '=', id)
      .execute();
  const keptEvents = async () =>
    (await shop.db.selectFrom('webhook_events').select('event_id').execute()).length;
  const refund = async ({ id }: Opened, amount: number) =>
    shop.api('POST', `/api/orders/${id}/refunds`, {
      token: await shop.adminToken(),
      body: { amount: { amount, currency: 'USD' } },
      headers: { 'idempotency-key': `refund-${id}` },
    });
  const refundedOf = async ({ id, token }: Opened) =>
    (await shop.api('GET', `/api/orders/${id}`, { token })).body.refundedTotal.amount;
  const payments = async ({ id, token }: Opened) =>
    (await shop.api('GET', `/api/payments?orderId=${id}`, { token })).body.data;

  it('after the customer paid and before the webhook is kept: Stripe sends it again', async () => {
    const order = await opened();
    const before = await keptEvents();
    const point = await holdAt(shop, 'LOCK TABLE webhook_events IN EXCLUSIVE MODE');
    await shop.payAtStandIn(order.sessionId);
    await point.reached();
    await point.crash();
    expect(await keptEvents()).toBe(before);
    await shop.restart();
    await shop.flushWebhooks();
    await buy.becomes(order, 'paid');
    expect(await buy.onlyCharge(order.sessionId)).toMatchObject({ amountRefunded: 0 });
  });

  it('after the webhook was kept and before it is applied: its job applies it', async () => {
    const order = await opened();
    await shop.fault({ drop: 100, match: 'payment_intent' });
    const point = await holdCommit(shop, 'webhook_events');
    await shop.payAtStandIn(order.sessionId);
    await point.reached();
    await point.crash();
    await shop.restart();
    await buy.becomes(order, 'paid');
    expect(await payments(order)).toHaveLength(1);
  });

  it('in the middle of applying it: nothing of it stays, and within half a minute another life of the worker applies it', async () => {
    const order = await opened();
    const point = await holdAt(
      shop,
      `SELECT FROM checkout_sessions WHERE order_id = '${order.id}' FOR UPDATE`,
    );
    await shop.payAtStandIn(order.sessionId);
    await point.reached();
    await point.crash();
    // The dead process's hold on its job is as fresh as it was: nothing is hurried here.
    await sql`
      UPDATE graphile_worker._private_jobs SET locked_at = now() WHERE locked_at IS NOT NULL`.execute(
      shop.db,
    );
    expect(
      await shop.db.selectFrom('payments').select('id').where('order_id', '=', order.id).execute(),
    ).toEqual([]);
    await shop.restart();
    await buy.becomes(order, 'paid');
    expect(await payments(order)).toMatchObject([{ status: 'succeeded' }]);
    expect(await buy.pagesOf(order.id)).toEqual(['completed']);
  });

  it('after a cancel and before its page is closed: its job closes it', async () => {
    const order = await opened();
    const point = await holdAt(shop, 'LOCK TABLE payments IN SHARE MODE');
    await shop.api('DELETE', `/api/orders/${order.id}`, { token: order.token });
    await point.reached();
    await point.crash();
    expect(await buy.sessionsOf(order.id)).toMatchObject([{ status: 'open' }]);
    await shop.restart();
    await until(async () => (await buy.sessionsOf(order.id))[0]?.status === 'expired');
    await until(async () => (await buy.pagesOf(order.id))[0] === 'expired');
    expect((await shop.payAtStandIn(order.sessionId)).status).toBe(409);
    expect(await shop.available(order.product)).toBe(10);
  });

  it('after an order expired and before its page is closed: its job closes it', async () => {
    const order = await opened();
    const point = await holdAt(shop, 'LOCK TABLE payments IN SHARE MODE');
    await expire(order);
    await point.reached();
    await point.crash();
    expect(await buy.sessionsOf(order.id)).toMatchObject([{ status: 'open' }]);
    await shop.restart();
    expect(await buy.statusOf(order)).toBe('expired');
    await until(async () => (await buy.sessionsOf(order.id))[0]?.status === 'expired');
    expect(await shop.available(order.product)).toBe(10);
  });

  it('in the middle of expiring: the order is still whole, and the next sweep expires it', async () => {
    const order = await opened();
    const point = await holdAt(
      shop,
      `SELECT FROM stock_levels WHERE variant_id = '${order.product.variantId}' FOR UPDATE`,
    );
    await expire(order);
    await point.reached();
    await point.crash();
    await shop.restart();
    await buy.becomes(order, 'expired');
    expect(await shop.available(order.product)).toBe(10);
  });

  it('after the money of a refund was set aside and before Stripe is asked: its job asks, once', async () => {
    const order = await paid();
    const point = await holdCommit(shop, 'refunds');
    const first = unanswered(refund(order, 700));
    await point.reached();
    await point.crash();
    await first;
    expect((await buy.onlyCharge(order.sessionId)).amountRefunded).toBe(0);
    await shop.restart();
    await until(async () => (await refundedOf(order)) === 700);
    const again = await refund(order, 700);
    expect([again.status, again.body.status]).toEqual([201, 'succeeded']);
    expect((await buy.onlyCharge(order.sessionId)).amountRefunded).toBe(700);
  });

  it('after Stripe refunded and before the shop noted it: its job asks with the same key and learns it', async () => {
    const order = await paid();
    await shop.fault({ delayMs: 600_000, timeoutAfterWork: true, match: 'refund' });
    const first = unanswered(refund(order, 700));
    await until(async () => (await buy.onlyCharge(order.sessionId)).amountRefunded === 700);
    await crashNow(shop);
    await first;
    await shop.fault({ timeoutAfterWork: null });
    const { status } = await shop.db
      .selectFrom('refunds')
      .select('status')
      .where('order_id', '=', order.id)
      .executeTakeFirstOrThrow();
    expect(status).toBe('pending');
    await shop.restart();
    await until(async () => (await refundedOf(order)) === 700);
    await shop.flushWebhooks();
    expect((await buy.onlyCharge(order.sessionId)).amountRefunded).toBe(700);
    expect((await refund(order, 700)).status).toBe(201);
  });

  it('while late money takes its stock again: all of it or nothing, and then it is paid', async () => {
    const order = await opened();
    await shop.fault({ delayMs: 600_000 });
    await shop.payAtStandIn(order.sessionId);
    await expire(order);
    await buy.becomes(order, 'expired');
    const point = await holdAt(
      shop,
      `SELECT FROM stock_levels WHERE variant_id = '${order.product.variantId}' FOR UPDATE`,
    );
    await unanswered(shop.flushWebhooks());
    await point.reached();
    await point.crash();
    await shop.restart();
    await buy.becomes(order, 'paid');
    expect(await shop.available(order.product)).toBe(9);
    expect((await buy.onlyCharge(order.sessionId)).amountRefunded).toBe(0);
  });

  it('after late money was found without stock and before it goes back: its job sends it back, once', async () => {
    const order = await opened({ stock: 1 });
    await shop.fault({ delayMs: 600_000 });
    await shop.payAtStandIn(order.sessionId);
    await expire(order);
    await buy.becomes(order, 'expired');
    const quick = await shop.customer();
    expect((await shop.order(quick.token, order.product.variantId)).status).toBe(201);
    const point = await holdCommit(shop, 'refunds');
    await unanswered(shop.flushWebhooks());
    await point.reached();
    await point.crash();
    expect((await buy.onlyCharge(order.sessionId)).amountRefunded).toBe(0);
    await shop.restart();
    await until(async () => (await buy.onlyCharge(order.sessionId)).amountRefunded === 2000);
    expect(await buy.statusOf(order)).toBe('expired');
  });
});
