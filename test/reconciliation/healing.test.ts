import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { dashboardOf, openReconciler, paidOrder, placedOrder, statusOf } from './support.ts';

let shop: TestShop;
let reconciler: ReturnType<typeof openReconciler>;
beforeAll(async () => {
  shop = await startShop();
  reconciler = openReconciler(shop);
});
afterAll(() => shop.stop());

const healed = async () => (await reconciler.lastRun())?.healed;

describe('reconciliation', () => {
  it('pays an order whose webhooks were lost, once', async () => {
    const order = await paidOrder(shop, { lost: true });
    expect(await statusOf(shop, order)).toBe('pending');
    expect(await reconciler.run()).toEqual({ kind: 'done' });
    expect(await statusOf(shop, order)).toBe('paid');
    expect(await healed()).toMatchObject({ events: 2, payments: 0 });
    await reconciler.run();
    expect(await healed()).toEqual({ events: 0, sessions: 0, refunds: 0, payments: 0 });
    const { body } = await shop.api('GET', `/api/payments?orderId=${order.orderId}`, order);
    expect(body.data).toMatchObject([{ status: 'succeeded', refundedAmount: { amount: 0 } }]);
  });

  it('leaves alone what is younger than two minutes', async () => {
    const order = await paidOrder(shop, { lost: true });
    const { reconcileNow } = reconciler;
    expect(await reconcileNow()).toEqual({ kind: 'done' });
    expect(await statusOf(shop, order)).toBe('pending');
    await reconciler.run();
    expect(await statusOf(shop, order)).toBe('paid');
  });

  it('pays an order that no event tells of, from the payment itself', async () => {
    const order = await paidOrder(shop, { lost: true });
    const { data: events } = await shop.atStripe('/_test/events');
    for (const { id, type } of events)
      await sql`
        INSERT INTO webhook_events (provider, event_id, type, payload, state)
        VALUES ('stripe', ${id}, ${type}, '{}', 'ignored') ON CONFLICT DO NOTHING`.execute(shop.db);
    await reconciler.run();
    expect(await statusOf(shop, order)).toBe('paid');
    expect(await healed()).toMatchObject({ events: 0, payments: 1 });
  });

  it('writes a refund into the books that was made at Stripe and never told', async () => {
    const order = await paidOrder(shop);
    await until(async () => (await statusOf(shop, order)) === 'paid');
    await shop.fault({ drop: 1_000_000 });
    await dashboardOf(shop).refunds.create({ payment_intent: order.paymentIntent, amount: 500 });
    await shop.fault({ clear: true });
    await reconciler.run();
    const { body } = await shop.api('GET', `/api/orders/${order.orderId}`, order);
    expect(body.refundedTotal.amount).toBe(500);
  });

  it('learns the fate of a refund whose answer, webhooks and job were all lost', async () => {
    const order = await paidOrder(shop);
    await until(async () => (await statusOf(shop, order)) === 'paid');
    await shop.fault({
      drop: 1_000_000,
      timeoutAfterWork: 'drop',
      match: 'refund',
    });
    const { body: refund } = await shop.api('POST', `/api/orders/${order.orderId}/refunds`, {
      token: await shop.adminToken(),
      body: {},
    });
    expect(refund.status).toBe('pending');
    // Between two tries of its job.
    await until(async () => {
      const { rows } = await sql`SELECT FROM graphile_worker.jobs
        WHERE key = ${`refund:${refund.id}`} AND attempts > 0 AND locked_at IS NULL`.execute(
        shop.db,
      );
      return rows.length === 1;
    });
    await sql`SELECT graphile_worker.remove_job(${`refund:${refund.id}`})`.execute(shop.db);
    await shop.fault({ clear: true });
    await sql`INSERT INTO webhook_events (provider, event_id, type, payload, state)
      SELECT 'stripe', id, 'refund', '{}', 'ignored' FROM json_to_recordset(${JSON.stringify(
        (await shop.atStripe('/_test/events')).data,
      )}::json) AS event (id text) ON CONFLICT DO NOTHING`.execute(shop.db);
    await reconciler.run();
    expect(await healed()).toMatchObject({ refunds: 1 });
    const { body } = await shop.api('GET', `/api/orders/${order.orderId}`, order);
    expect(body.refundedTotal.amount).toBe(2000);
  });

  it('ends a checkout that expired at Stripe without a word', async () => {
    const order = await placedOrder(shop);
    await shop.fault({ drop: 1_000_000 });
    await dashboardOf(shop).checkout.sessions.expire(order.sessionId);
    await shop.fault({ clear: true });
    await reconciler.run();
    const { rows } = await sql`SELECT status FROM checkout_sessions
      WHERE stripe_session_id = ${order.sessionId}`.execute(shop.db);
    expect(rows).toEqual([{ status: 'expired' }]);
  });

  it('closes the payment page that was left open of a closed order', async () => {
    const order = await placedOrder(shop);
    await sql`UPDATE checkout_sessions SET status = 'expired'
      WHERE stripe_session_id = ${order.sessionId}`.execute(shop.db);
    await shop.api('DELETE', `/api/orders/${order.orderId}`, order);
    const session = () => dashboardOf(shop).checkout.sessions.retrieve(order.sessionId);
    expect((await session()).status).toBe('open');
    await reconciler.run();
    expect((await session()).status).toBe('expired');
    expect(await healed()).toMatchObject({ sessions: 1 });
  });

  it('leaves the open page of a waiting order alone', async () => {
    const order = await placedOrder(shop);
    await reconciler.run();
    expect((await dashboardOf(shop).checkout.sessions.retrieve(order.sessionId)).status).toBe(
      'open',
    );
  });
});
