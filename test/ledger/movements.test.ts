import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { apply, deliver, intentOf, stripeEvent } from '../support/stripe-events.ts';
import { until } from '../support/until.ts';
import { findings, movementsOf, placeOrder, placePaid } from './support.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const refund = async (orderId: string, amount?: number) =>
  shop.api('POST', `/api/orders/${orderId}/refunds`, {
    token: await shop.adminToken(),
    body: amount === undefined ? {} : { amount: { amount, currency: 'USD' } },
  });
const markPaid = async (orderId: string) =>
  shop.api('PUT', `/api/orders/${orderId}`, {
    token: await shop.adminToken(),
    body: { status: 'paid' },
  });
const openCheckout = (token: string, orderId: string) =>
  shop.api('POST', '/api/checkout', { token, body: { orderId } });

const allRefundsEnd = () =>
  until(async () => {
    const { rows } = await sql<{ waiting: number }>`
      SELECT count(*) AS waiting FROM refunds WHERE status = 'pending'`.execute(shop.db);
    return rows[0]?.waiting === 0;
  });

const captured = 'capture: 2000 sales → stripe_balance';

describe('the ledger', () => {
  it('takes a card payment that settles its order in as a sale', async () => {
    const { id } = await placePaid(shop);
    expect(await movementsOf(shop, id)).toEqual([captured]);
  });

  it('takes money that came by other means in apart from Stripe’s, and gives it back from there', async () => {
    const { id } = await placeOrder(shop);
    await markPaid(id);
    await refund(id, 500);
    expect(await movementsOf(shop, id)).toEqual([
      'capture: 2000 sales → manual_receipts',
      'refund_requested: 500 refunds_pending → sales',
      'refund_succeeded: 500 manual_receipts → refunds_pending',
    ]);
  });

  it('has nothing of an order that costs nothing', async () => {
    const { id, token } = await placeOrder(shop, 0);
    expect((await openCheckout(token, id)).status).toBe(201);
    expect((await shop.api('GET', `/api/orders/${id}`, { token })).body.status).toBe('paid');
    expect(await movementsOf(shop, id)).toEqual([]);
  });

  it('keeps money that came for a cancelled order as the customer’s until it went back', async () => {
    const { id, token } = await placeOrder(shop);
    const { body } = await openCheckout(token, id);
    await shop.fault({ delayMs: 600_000 });
    await shop.payAtStandIn(body.sessionId);
    await shop.api('DELETE', `/api/orders/${id}`, { token });
    await fetch(`${shop.standInUrl}/_test/webhooks/flush`, { method: 'POST' });
    await shop.fault({ clear: true });
    await until(async () => (await movementsOf(shop, id)).length === 3);
    expect(await movementsOf(shop, id)).toEqual([
      'capture: 2000 customer_funds → stripe_balance',
      'refund_requested: 2000 refunds_pending → customer_funds',
      'refund_succeeded: 2000 stripe_balance → refunds_pending',
    ]);
  });

  it('keeps a second payment of an order apart from its sale, also when Stripe refuses to give it back', async () => {
    const { id } = await placePaid(shop);
    const again = await intentOf(shop, id);
    expect(await apply(shop, stripeEvent('payment_intent.succeeded', again))).toBe('applied');
    await until(async () => (await movementsOf(shop, id)).length === 4);
    expect(await movementsOf(shop, id)).toEqual([
      captured,
      'capture: 2000 customer_funds → stripe_balance',
      'refund_requested: 2000 refunds_pending → customer_funds',
      'refund_failed: 2000 customer_funds → refunds_pending',
    ]);
  });

  it('puts the money of a refund that failed back where it was', async () => {
    const { id } = await placePaid(shop);
    await shop.fault({ down: true });
    const { body } = await refund(id, 700);
    expect(body.status).toBe('pending');
    const failed = stripeEvent('refund.failed', {
      id: 're_failed',
      object: 'refund',
      status: 'failed',
      metadata: { refund_id: body.id },
    });
    await apply(shop, failed);
    await apply(shop, { ...failed, id: `${failed.id}_again` });
    // An attempt that began before would get through; one that begins now sees that the refund has failed.
    await until(async () => {
      const { rows } = await sql`
        SELECT FROM graphile_worker.jobs
        WHERE task_identifier = 'send_refund' AND locked_at IS NOT NULL`.execute(shop.db);
      return rows.length === 0;
    });
    await shop.fault({ clear: true });
    expect(await movementsOf(shop, id)).toEqual([
      captured,
      'refund_requested: 700 refunds_pending → sales',
      'refund_failed: 700 sales → refunds_pending',
    ]);
    expect((await refund(id)).status).toBe(201);
  });

  it('follows a refund that was made at Stripe', async () => {
    const { id } = await placePaid(shop);
    const { provider_payment_id } = await shop.db
      .selectFrom('payments')
      .select('provider_payment_id')
      .where('order_id', '=', id)
      .executeTakeFirstOrThrow();
    const made = {
      id: 're_elsewhere',
      object: 'refund',
      status: 'succeeded',
      amount: 300,
      payment_intent: provider_payment_id,
      metadata: {},
    };
    await apply(shop, stripeEvent('refund.created', made));
    await apply(shop, stripeEvent('refund.updated', made));
    expect(await movementsOf(shop, id)).toEqual([
      captured,
      'refund_requested: 300 refunds_pending → sales',
      'refund_succeeded: 300 stripe_balance → refunds_pending',
    ]);
  });

  it('has what partial refunds that race really gave back, and no more', async () => {
    const { id } = await placePaid(shop);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(id, 600)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    await allRefundsEnd();
    const moved = await movementsOf(shop, id);
    expect(moved.toSorted()).toEqual([
      captured,
      ...Array(3).fill('refund_requested: 600 refunds_pending → sales'),
      ...Array(3).fill('refund_succeeded: 600 stripe_balance → refunds_pending'),
    ]);
  });

  it('takes a payment in once, however often and under whichever name Stripe tells of it', async () => {
    const { id, token } = await placeOrder(shop);
    await openCheckout(token, id);
    const intent = await intentOf(shop, id);
    const once = stripeEvent('payment_intent.succeeded', intent);
    await Promise.all([
      ...Array.from({ length: 10 }, () => deliver(shop, once)),
      ...Array.from({ length: 10 }, () =>
        deliver(shop, stripeEvent('payment_intent.succeeded', intent)),
      ),
    ]);
    await until(async () => {
      const { rows } = await sql<{ waiting: number }>`
        SELECT count(*) AS waiting FROM webhook_events WHERE state = 'received'`.execute(shop.db);
      return rows[0]?.waiting === 0;
    });
    expect(await movementsOf(shop, id)).toEqual([captured]);
  });

  it('agrees with orders, payments and refunds about all of this', async () => {
    await allRefundsEnd();
    expect((await findings(shop)).filter((text) => text.startsWith('ledger-'))).toEqual([]);
  });
});

describe('the database', () => {
  let orderId: string;
  let paymentId: string;
  beforeAll(async () => {
    orderId = (await placePaid(shop)).id;
    const { id } = await shop.db
      .selectFrom('payments')
      .select('id')
      .where('order_id', '=', orderId)
      .executeTakeFirstOrThrow();
    paymentId = id;
  });

  const post = (change: Record<string, unknown>) =>
    shop.db
      .insertInto('ledger_transactions')
      .values({
        id: sql<string>`ledger_id(now(), 'capture')`,
        kind: 'capture',
        debit_account: 'stripe_balance',
        credit_account: 'sales',
        amount: 1,
        currency: 'USD',
        order_id: orderId,
        payment_id: paymentId,
        refund_id: null,
        created_at: new Date(),
        ...change,
      })
      .execute();

  it.each([
    ['an amount that leaves no other account', { credit_account: 'stripe_balance' }],
    ['one side only', { credit_account: null }],
    ['nothing', { amount: 0 }],
    ['less than nothing', { amount: -1 }],
    ['an account that is not in the chart', { debit_account: 'pocket' }],
    ['accounts that do not fit its kind', { debit_account: 'refunds_pending' }],
    ['a kind that there is none of', { kind: 'gift' }],
    ['the same capture again', {}],
    ['money of no payment', { payment_id: '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10' }],
  ])('refuses a transaction of %s', async (_what, change) => {
    await expect(post(change)).rejects.toThrow(/violates/);
  });

  it.each([
    `UPDATE ledger_transactions SET amount = amount + 1`,
    `DELETE FROM ledger_transactions`,
    `TRUNCATE ledger_transactions`,
  ])('refuses %s', async (statement) => {
    await expect(sql.raw(statement).execute(shop.db)).rejects.toThrow(/only ever added to/);
  });
});
