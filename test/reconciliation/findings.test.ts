import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { dashboardOf, openReconciler, paidOrder, statusOf, tasksOf } from './support.ts';

let shop: TestShop;
let reconciler: ReturnType<typeof openReconciler>;
beforeAll(async () => {
  shop = await startShop();
  reconciler = openReconciler(shop);
});
afterAll(() => shop.stop());

const settled = async () => {
  const order = await paidOrder(shop);
  await until(async () => (await statusOf(shop, order)) === 'paid');
  return order;
};
const update = (statement: string) => sql.raw(statement).execute(shop.db);
const statesOf = async (subject: string) =>
  Object.fromEntries(
    (await tasksOf(shop, { subject })).map(({ kind, state }: { kind: string; state: string }) => [
      kind,
      state,
    ]),
  );

/** Money taken with the shop's own account, and with nothing that names an order of it. */
async function captureBehindTheShopsBack() {
  const session = await dashboardOf(shop).checkout.sessions.create({
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: { currency: 'usd', unit_amount: 700, product_data: { name: 'Favour' } },
      },
    ],
    success_url: 'http://example.test/',
  });
  const paid = await (await shop.payAtStandIn(session.id)).json();
  return String((paid as { paymentIntent: string }).paymentIntent);
}

describe('reconciliation makes a task', () => {
  it('of money that names no order, and closes it once the money went back', async () => {
    const intent = await captureBehindTheShopsBack();
    await reconciler.run();
    const [task] = await tasksOf(shop, { subject: intent });
    expect(task).toMatchObject({
      kind: 'payment_unknown',
      severity: 'error',
      state: 'open',
      detail: '700 USD captured: money for a session that this shop did not open',
    });
    await dashboardOf(shop).refunds.create({ payment_intent: intent, amount: 200 });
    await reconciler.run();
    const [renewed] = await tasksOf(shop, { subject: intent });
    expect(renewed).toMatchObject({ id: task.id, state: 'open' });
    expect(renewed.detail).toMatch(/^700 USD captured, 200 given back: /);
    await dashboardOf(shop).refunds.create({ payment_intent: intent });
    await reconciler.run();
    expect(await tasksOf(shop, { subject: intent })).toMatchObject([
      { id: task.id, state: 'done', note: 'Not found any more.', closedBy: null },
    ]);
  });

  it('of an amount that was changed here, and closes it once it is put right', async () => {
    const { paymentIntent, orderId } = await settled();
    const change = (by: string) =>
      update(
        `UPDATE payments SET amount = amount ${by} WHERE provider_payment_id = '${paymentIntent}'`,
      );
    await change('+ 1');
    await reconciler.run();
    expect(await tasksOf(shop, { subject: paymentIntent })).toMatchObject([
      {
        kind: 'payment_differs',
        orderId,
        detail: 'Stripe captured 2000 USD, the shop has 2001 USD',
      },
    ]);
    expect(await statesOf(`order-paid-once: order ${orderId}`)).toEqual({ books_differ: 'open' });
    await change('- 1');
    await reconciler.run();
    expect(await statesOf(paymentIntent)).toEqual({ payment_differs: 'done' });
    expect(await statesOf(`order-paid-once: order ${orderId}`)).toEqual({ books_differ: 'done' });
  });

  it('of a refund that differs, once two looks in a row have seen it', async () => {
    const { paymentIntent } = await settled();
    const refund = await dashboardOf(shop).refunds.create({
      payment_intent: paymentIntent,
      amount: 500,
    });
    const there = sql`SELECT FROM refunds WHERE status = 'succeeded' AND provider_refund_id = ${refund.id}`;
    await until(async () => (await there.execute(shop.db)).rows.length === 1);
    const change = (by: string) =>
      update(`UPDATE refunds SET amount = amount ${by} WHERE provider_refund_id = '${refund.id}'`);
    await change('- 100');
    await reconciler.run();
    expect(await tasksOf(shop, { subject: refund.id })).toEqual([]);
    await reconciler.run();
    expect(await tasksOf(shop, { subject: refund.id })).toMatchObject([
      { kind: 'refund_differs', detail: '500 USD at Stripe, 400 USD at the shop' },
    ]);
    expect(await statesOf(paymentIntent)).toEqual({ refunded_differs: 'open' });
    await change('+ 100');
    await reconciler.run();
    expect(await statesOf(refund.id)).toEqual({ refund_differs: 'done' });
    expect(await statesOf(paymentIntent)).toEqual({ refunded_differs: 'done' });
  });

  it('of a payment in the shop’s books that Stripe does not know', async () => {
    const { token } = await shop.customer();
    const { variantId } = await shop.product();
    const { body: order } = await shop.order(token, variantId);
    await shop.api('DELETE', `/api/orders/${order.id}`, { token });
    await update(`INSERT INTO payments (id, order_id, provider, provider_payment_id, status, amount, currency)
      VALUES (gen_random_uuid(), '${order.id}', 'stripe', 'pi_invented', 'succeeded', 1999, 'USD')`);
    await reconciler.run();
    expect(await tasksOf(shop, { subject: 'pi_invented' })).toMatchObject([
      {
        kind: 'payment_missing',
        orderId: order.id,
        detail: '1999 USD captured by the shop’s books; Stripe knows no such payment',
      },
    ]);
    await update(`UPDATE payments SET status = 'failed' WHERE provider_payment_id = 'pi_invented'`);
    await reconciler.run();
    expect(await statesOf('pi_invented')).toEqual({ payment_missing: 'done' });
  });

  it('of stock that differs from its ledger', async () => {
    const { variantId } = await shop.product({ stock: 5 });
    const change = (by: string) =>
      update(`UPDATE stock_levels SET on_hand = on_hand ${by} WHERE variant_id = '${variantId}'`);
    await change('+ 1');
    await reconciler.run();
    const subject = `stock-equals-ledger: variant ${variantId}`;
    expect(await statesOf(subject)).toEqual({ stock_differs: 'open' });
    await change('- 1');
    await reconciler.run();
    expect(await statesOf(subject)).toEqual({ stock_differs: 'done' });
  });

  it('of an event that has been parked for an hour, as a warning', async () => {
    await update(`INSERT INTO webhook_events (provider, event_id, type, payload, state, note, received_at)
      VALUES ('stripe', 'evt_parked', 'refund.created', '{}', 'parked', 'captured 1 USD', now() - interval '2 hours')`);
    await reconciler.run();
    expect(await tasksOf(shop, { subject: 'evt_parked' })).toMatchObject([
      { kind: 'event_parked', severity: 'warning', detail: 'refund.created: captured 1 USD' },
    ]);
    await update(`UPDATE webhook_events SET state = 'ignored' WHERE event_id = 'evt_parked'`);
    await reconciler.run();
    expect(await statesOf('evt_parked')).toEqual({ event_parked: 'done' });
  });

  it('of an old payment too, whose turn comes', async () => {
    const { paymentIntent } = await settled();
    await reconciler.run();
    await update(
      `UPDATE reconciliation_cursors SET done_until = now() + interval '2 hours' WHERE list = 'payments'`,
    );
    await update(
      `UPDATE payments SET created_at = now() - interval '90 days', amount = 1 WHERE provider_payment_id = '${paymentIntent}'`,
    );
    await reconciler.run();
    expect(await statesOf(paymentIntent)).toEqual({ payment_differs: 'open' });
    await update(
      `UPDATE payments SET amount = 2000 WHERE provider_payment_id = '${paymentIntent}'`,
    );
  });
});

describe('a task that a person dismissed', () => {
  it('stays dismissed while the same is found, and is news once it says something else', async () => {
    const token = await shop.adminToken();
    const intent = await captureBehindTheShopsBack();
    await reconciler.run();
    const [{ id }] = await tasksOf(shop, { subject: intent });
    const close = (body: object) => shop.api('PUT', `/api/tasks/${id}`, { token, body });
    expect((await close({ state: 'dismissed', note: 'A favour.' })).body).toMatchObject({
      state: 'dismissed',
      note: 'A favour.',
      closedBy: expect.any(String),
    });
    expect((await close({ state: 'done', note: 'Again.' })).status).toBe(409);
    await reconciler.run();
    expect(await tasksOf(shop, { subject: intent })).toMatchObject([{ id, state: 'dismissed' }]);
    await dashboardOf(shop).refunds.create({ payment_intent: intent, amount: 100 });
    await reconciler.run();
    expect(await tasksOf(shop, { subject: intent })).toMatchObject([
      { state: 'open' },
      { id, state: 'dismissed' },
    ]);
    await dashboardOf(shop).refunds.create({ payment_intent: intent });
    await reconciler.run();
  });

  it('is opened anew where it was said to be done and is not', async () => {
    const token = await shop.adminToken();
    const intent = await captureBehindTheShopsBack();
    await reconciler.run();
    const [{ id }] = await tasksOf(shop, { subject: intent });
    await shop.api('PUT', `/api/tasks/${id}`, {
      token,
      body: { state: 'done', note: 'Refunded.' },
    });
    await reconciler.run();
    expect(await tasksOf(shop, { subject: intent })).toMatchObject([
      { state: 'open' },
      { id, state: 'done' },
    ]);
    await dashboardOf(shop).refunds.create({ payment_intent: intent });
    await reconciler.run();
  });

  it('is for administrators alone', async () => {
    const { token } = await shop.customer();
    expect((await shop.api('GET', '/api/tasks')).status).toBe(401);
    expect((await shop.api('GET', '/api/tasks', { token })).status).toBe(403);
    const id = '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10';
    const body = { state: 'done', note: 'x' };
    expect((await shop.api('PUT', `/api/tasks/${id}`, { token, body })).status).toBe(403);
    const admin = { token: await shop.adminToken() };
    expect((await shop.api('PUT', `/api/tasks/${id}`, { ...admin, body })).status).toBe(404);
  });

  it('is found by state, severity and kind, a page at a time, open ones first', async () => {
    const admin = { token: await shop.adminToken() };
    const ids: string[] = [];
    let cursor = '';
    do {
      const { body } = await shop.api('GET', `/api/tasks?limit=2${cursor}`, admin);
      ids.push(
        ...body.data.map(({ state, id }: { state: string; id: string }) => `${state} ${id}`),
      );
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor !== '');
    const all = (await tasksOf(shop, {})).map(
      ({ state, id }: { state: string; id: string }) => `${state} ${id}`,
    );
    expect(ids).toEqual(all);
    const { body } = await shop.api('GET', '/api/tasks?state=done&kind=event_parked', admin);
    expect(body.data).toMatchObject([{ subject: 'evt_parked' }]);
    expect(
      (await shop.api('GET', '/api/tasks?severity=warning&state=open', admin)).body.data,
    ).toEqual([]);
  });
});
