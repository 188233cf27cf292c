import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkWorld } from '../../faults/check/run-checks.ts';
import type { Evidence } from '../../faults/check/violation.ts';
import { History } from '../../faults/load/history.ts';
import type { Charge } from '../../faults/world/stripe.ts';
import type { Tx } from '../../src/database/database.ts';
import { dropConstraints } from '../audit/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const address = (name: string) => ({
  name,
  line1: '1 Mill Lane',
  city: 'Springfield',
  postalCode: '12345',
  country: 'US',
});

/** A small world that is in order, and every way to break it that the checks must see. */
describe('the checks of the fault kit', () => {
  let shop: TestShop;
  let history: History;
  let charges: Charge[];
  let paid: { id: string; key: string };
  let unpaid: { id: string; key: string };
  let product: { id: string; variantId: string };

  beforeAll(async () => {
    shop = await startShop();
    history = new History();
    const { token } = await shop.customer();
    const admin = await shop.adminToken();
    product = await shop.product({ stock: 20, price: 2500 });
    const place = async (quantity: number) => {
      const key = randomUUID();
      const lines = [{ variantId: product.variantId, quantity }];
      const { body } = await shop.api('POST', '/api/orders', {
        token,
        body: { items: lines, shippingAddress: address(key) },
        headers: { 'idempotency-key': key },
      });
      history.placings.set(key, {
        key,
        lines,
        outcome: 'done',
        orderIds: new Set([body.id]),
        order: {
          id: body.id,
          total: body.total.amount,
          lines: [{ variantId: product.variantId, quantity, unitPrice: 2500 }],
        },
      });
      return { id: String(body.id), key };
    };
    paid = await place(3);
    const { sessionId } = await shop.pay(token, paid.id);
    history.paidSessions.set(sessionId, paid.id);
    unpaid = await place(2);
    const key = randomUUID();
    const { body: refund } = await shop.api('POST', `/api/orders/${paid.id}/refunds`, {
      token: admin,
      body: { reason: key, amount: { amount: 1000, currency: 'USD' } },
      headers: { 'idempotency-key': key },
    });
    history.refundings.set(key, {
      key,
      orderId: paid.id,
      outcome: 'done',
      refundIds: new Set([refund.id]),
    });
    const reason = randomUUID();
    await shop.api('POST', `/api/inventory/${product.variantId}/adjustments`, {
      token: admin,
      body: { delta: 5, reason },
    });
    history.adjustings.set(reason, {
      reason,
      variantId: product.variantId,
      delta: 5,
      outcome: 'done',
    });
    await until(async () => {
      const { rows } = await sql<{ waiting: number; told: boolean }>`
        SELECT (SELECT count(*) FROM outbox_events WHERE published_at IS NULL)
          + (SELECT count(*) FROM webhook_events WHERE state = 'received')
          + (SELECT count(*) FROM graphile_worker.jobs) AS waiting,
          EXISTS (SELECT FROM webhook_events WHERE type = 'refund.updated') AS told`.execute(
        shop.db,
      );
      return rows[0]?.waiting === 0 && rows[0].told;
    });
    charges = (await shop.atStripe('/_test/charges')).data;
    // What a test changes locks whole tables, against which a worker may end in a deadlock.
    await shop.stopServing();
  });
  afterAll(() => shop.stop());

  /** What the checks say of the world after a change that is taken back again. */
  async function checksAfter(
    change: (tx: Tx) => Promise<unknown>,
    evidence: Partial<Omit<Evidence, 'tx'>> = {},
  ): Promise<string[]> {
    const undo = new Error('taken back');
    let seen: string[] = [];
    await shop.db
      .transaction()
      .execute(async (tx) => {
        await dropConstraints(tx);
        await change(tx);
        const violations = await checkWorld({
          tx,
          history,
          charges,
          received: new Map(),
          merchantSince: new Date(),
          consumersSince: null,
          ...evidence,
        });
        seen = violations.map(({ check }) => check);
        throw undo;
      })
      .catch((error) => {
        if (error !== undo) throw error;
      });
    return seen;
  }

  it('find nothing in a world that is in order', async () => {
    expect(await checksAfter(async () => {})).toEqual([]);
  });

  it.each<[string, string, (tx: Tx) => Promise<unknown>]>([
    [
      'the total of an order',
      'acknowledged-orders-exist',
      (tx) => sql`UPDATE orders SET total = total + 1 WHERE id = ${unpaid.id}`.execute(tx),
    ],
    [
      'a line of an order',
      'acknowledged-orders-exist',
      (tx) => sql`UPDATE order_items SET quantity = 9 WHERE order_id = ${unpaid.id}`.execute(tx),
    ],
    [
      'an order that is gone',
      'acknowledged-orders-exist',
      async (tx) => {
        await sql`DELETE FROM order_items WHERE order_id = ${unpaid.id}`.execute(tx);
        await sql`DELETE FROM orders WHERE id = ${unpaid.id}`.execute(tx);
      },
    ],
    [
      'an order made twice by one key',
      'one-order-per-key',
      (tx) =>
        sql`
        UPDATE orders SET shipping_address = (SELECT shipping_address FROM orders WHERE id = ${paid.id})
        WHERE id = ${unpaid.id}`.execute(tx),
    ],
    [
      'an order that nobody asked for',
      'orders-were-asked-for',
      (tx) => sql`UPDATE orders SET shipping_address = NULL WHERE id = ${unpaid.id}`.execute(tx),
    ],
    [
      'an order paid by nothing',
      'every-paid-order-has-its-charge',
      (tx) => sql`UPDATE orders SET status = 'paid' WHERE id = ${unpaid.id}`.execute(tx),
    ],
    [
      'a payment of another amount',
      'every-charge-has-its-order-or-went-back',
      (tx) => sql`UPDATE payments SET amount = amount + 100`.execute(tx),
    ],
    [
      'a payment that pays for nothing and is kept',
      'every-charge-has-its-order-or-went-back',
      (tx) => sql`UPDATE payments SET settles_order = false`.execute(tx),
    ],
    [
      'a refund that Stripe did not make',
      'refunds-here-are-refunds-there',
      (tx) => sql`UPDATE refunds SET amount = amount + 1`.execute(tx),
    ],
    [
      'an acknowledged refund that is gone',
      'acknowledged-refunds-exist-once',
      (tx) => sql`DELETE FROM refunds`.execute(tx),
    ],
    [
      'a unit out of nowhere',
      'received-is-on-hand-or-sent',
      (tx) => sql`UPDATE stock_levels SET on_hand = on_hand + 1`.execute(tx),
    ],
    [
      'an adjustment made twice',
      'acknowledged-adjustments-exist-once',
      (tx) =>
        sql`
        INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta, reason)
        SELECT variant_id, kind, on_hand_delta, 0, reason FROM stock_movements
        WHERE kind = 'adjustment'`.execute(tx),
    ],
    [
      'an event that is gone',
      'streams-have-no-gap',
      (tx) => sql`DELETE FROM outbox_events WHERE type = 'order.paid'`.execute(tx),
    ],
    [
      'an event that was not sent on',
      'every-event-was-sent-on',
      (tx) =>
        sql`
        UPDATE outbox_events SET published_at = NULL WHERE type = 'order.paid'`.execute(tx),
    ],
    [
      'an event that a consumer never applied',
      'consumers-miss-nothing',
      (tx) =>
        sql`
        DELETE FROM inbox_events WHERE event_id = (
          SELECT id FROM outbox_events WHERE type = 'order.placed' LIMIT 1)`.execute(tx),
    ],
    [
      'events that a consumer applied the wrong way round',
      'consumers-apply-in-order',
      (tx) =>
        sql`
        UPDATE inbox_events SET sequence = 10 - sequence WHERE stream_id = ${paid.id}`.execute(tx),
    ],
    [
      'a webhook that waits for a person',
      'no-parked-event',
      (tx) =>
        sql`
        UPDATE webhook_events SET state = 'parked' WHERE type = 'refund.updated'`.execute(tx),
    ],
    [
      'a job that failed for the last time',
      'no-dead-job',
      (tx) =>
        sql`
        SELECT graphile_worker.add_job('close_checkouts', '{}'::json, max_attempts => 1);
      `
          .execute(tx)
          .then(() => sql`UPDATE graphile_worker._private_jobs SET attempts = 1`.execute(tx)),
    ],
  ])('see %s', async (_what, check, change) => {
    expect(await checksAfter(change)).toContain(check);
  });

  it('see an event that never arrived at the merchant, and owe it none from before it registered', async () => {
    const { rows } = await sql<{ id: string; occurred_at: Date }>`
      SELECT id, occurred_at FROM outbox_events ORDER BY occurred_at DESC`.execute(shop.db);
    const merchantSince = new Date(Number(rows[0]?.occurred_at) - 1);
    const owed = rows.filter(({ occurred_at }) => occurred_at >= merchantSince);
    const seen = (arrived: typeof rows) =>
      checksAfter(async () => {}, {
        merchantSince,
        received: new Map(arrived.map(({ id }) => [id, 1])),
      });
    expect(owed.length).toBeLessThan(rows.length);
    expect(await seen(owed)).toEqual([]);
    expect(await seen(owed.slice(1))).toEqual(['merchant-got-every-event']);
  });

  it('see a second charge', async () => {
    const second = charges.map((charge) => ({
      ...charge,
      id: 'ch_second',
      paymentIntent: 'pi_second',
      amountRefunded: 0,
    }));
    const seen = await checksAfter(async () => {}, { charges: [...charges, ...second] });
    expect(seen).toEqual(['every-charge-has-its-order-or-went-back', 'paid-sessions-are-known']);
  });

  it('see a refusal that placed an order all the same, and a failure answered to a client', async () => {
    const told = new History();
    for (const [key, placing] of history.placings) told.placings.set(key, { ...placing });
    const placing = told.placings.get(unpaid.key);
    if (placing) placing.outcome = 'refused';
    told.wrongAnswers.push('GET / was answered 500');
    const seen = await checksAfter(async () => {}, { history: told });
    expect(seen).toEqual(['no-wrong-answer', 'refused-orders-do-not-exist']);
  });
});
