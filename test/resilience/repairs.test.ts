import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readQueue } from '../../src/events/jobs.ts';
import { auditShop, hasFindings } from '../../src/modules/audit/audit.service.ts';
import { finishCheckout } from '../../src/modules/payments/finish-checkout.service.ts';
import type { StripeGateway } from '../../src/modules/payments/stripe.gateway.ts';
import { dashboardOf } from '../reconciliation/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { apply } from '../support/stripe-events.ts';
import { until } from '../support/until.ts';
import {
  gatewayOf,
  refundsAtStripe,
  repairNow,
  run,
  sessionsAtStripe,
  waitingOrder,
} from './support.ts';

// A shop for each test: what Stripe suffers in one would open the circuit for the next.
let shop: TestShop;
beforeEach(async () => {
  shop = await startShop();
});
afterEach(async () => {
  expect(hasFindings(await auditShop(shop.db))).toBe(false);
  await shop.stop();
});

const checkoutOf = (orderId: string) =>
  shop.db
    .selectFrom('checkout_sessions')
    .selectAll()
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
const refundOf = (orderId: string) =>
  shop.db
    .selectFrom('refunds')
    .selectAll()
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
const jobsOf = async (task: string) => {
  const { rows } = await sql<{ key: string | null; attempts: number }>`
    SELECT key, attempts FROM graphile_worker.jobs WHERE task_identifier = ${task}`.execute(
    shop.db,
  );
  return rows;
};
async function loseJobs(task: string): Promise<void> {
  // The queue lets go of none that runs.
  await until(async () => {
    await run(
      shop,
      `SELECT graphile_worker.complete_jobs(ARRAY(
         SELECT id FROM graphile_worker.jobs WHERE task_identifier = '${task}'))`,
    );
    return (await jobsOf(task)).length === 0;
  });
}

/** A checkout that Stripe opened, or never heard of, and of which the shop knows neither. */
async function unansweredCheckout({ opened }: { opened: boolean }) {
  const order = await waitingOrder(shop);
  await shop.fault(opened ? { timeoutAfterWork: 'drop' } : { down: true });
  expect((await order.checkout()).status).toBe(503);
  await shop.fault({ clear: true });
  expect(await checkoutOf(order.orderId)).toMatchObject({ status: 'creating' });
  await run(
    shop,
    `UPDATE checkout_sessions SET created_at = created_at - interval '2 minutes' WHERE order_id = '${order.orderId}'`,
  );
  return order;
}

describe('a checkout whose answer was lost', () => {
  it('is opened by the sweep with the session that Stripe made', async () => {
    const { orderId } = await unansweredCheckout({ opened: true });
    await Promise.all([repairNow(shop), repairNow(shop)]);
    await until(async () => (await checkoutOf(orderId)).status === 'open');
    const sessions = await sessionsAtStripe(shop, orderId);
    expect(sessions).toMatchObject([{ status: 'open' }]);
    expect((await checkoutOf(orderId)).stripe_session_id).toBe(sessions[0]?.id);
  });

  it('is closed at Stripe too where its order was cancelled meanwhile', async () => {
    const { orderId, token } = await unansweredCheckout({ opened: true });
    await shop.api('DELETE', `/api/orders/${orderId}`, { token });
    await until(async () => (await jobsOf('close_checkouts')).length === 0);
    expect((await checkoutOf(orderId)).status).toBe('creating');
    await repairNow(shop);
    await until(async () => (await checkoutOf(orderId)).status === 'expired');
    expect(await sessionsAtStripe(shop, orderId)).toMatchObject([{ status: 'expired' }]);
  });

  it('ends, so that a new one may begin, where Stripe never heard of it and cannot open it any more', async () => {
    const { orderId, checkout } = await unansweredCheckout({ opened: false });
    await run(
      shop,
      `UPDATE checkout_sessions SET expires_at = expires_at - interval '2 minutes' WHERE order_id = '${orderId}'`,
    );
    await repairNow(shop);
    await until(async () => (await checkoutOf(orderId)).status === 'failed');
    expect((await checkout()).status).toBe(201);
    expect(await sessionsAtStripe(shop, orderId)).toHaveLength(1);
  });

  it('is begun anew by the customer’s own retry minutes later', async () => {
    const { orderId, checkout } = await unansweredCheckout({ opened: false });
    await run(
      shop,
      `UPDATE checkout_sessions SET expires_at = expires_at - interval '2 minutes' WHERE order_id = '${orderId}'`,
    );
    expect((await checkout()).status).toBe(201);
    expect(await sessionsAtStripe(shop, orderId)).toHaveLength(1);
  });

  it('is looked for rather than asked for again after a day', async () => {
    const { orderId } = await unansweredCheckout({ opened: true });
    const [made] = await sessionsAtStripe(shop, orderId);
    await run(
      shop,
      `UPDATE checkout_sessions SET created_at = now() - interval '24 hours' WHERE order_id = '${orderId}'`,
    );
    const { id } = await checkoutOf(orderId);
    const stripe = gatewayOf(shop);
    // The stand-in’s clock cannot be turned back: its sessions are all of now.
    const findSession: StripeGateway['findSession'] = (checkout) =>
      stripe.findSession({ ...checkout, askedAt: new Date() });
    await shop.fault({ down: true, match: 'POST /v1/checkout/sessions' });
    await finishCheckout({ db: shop.db, stripe: { ...stripe, findSession }, publicUrl: '' }, id);
    expect(await checkoutOf(orderId)).toMatchObject({
      status: 'expired',
      stripe_session_id: made?.id,
    });
  });

  it('ends after a day where Stripe knows nothing of it', async () => {
    const { orderId } = await unansweredCheckout({ opened: false });
    await run(
      shop,
      `UPDATE checkout_sessions SET created_at = now() - interval '24 hours' WHERE order_id = '${orderId}'`,
    );
    await repairNow(shop);
    await until(async () => (await checkoutOf(orderId)).status === 'failed');
    expect(await sessionsAtStripe(shop, orderId)).toEqual([]);
  });
});

/** A paid order and a refund of half of it that Stripe made, or not, without the shop being told. */
async function unansweredRefund({ made }: { made: boolean }) {
  const order = await waitingOrder(shop);
  await shop.pay(order.token, order.orderId);
  const refunds = 'POST /v1/refunds';
  // No event either, for as long as the test looks.
  await shop.fault({ drop: 1000, match: 'refund' });
  await shop.fault(
    made ? { timeoutAfterWork: 'drop', match: refunds } : { down: true, match: refunds },
  );
  const { status, body } = await shop.api('POST', `/api/orders/${order.orderId}/refunds`, {
    token: await shop.adminToken(),
    body: { amount: { amount: 1000, currency: 'USD' } },
  });
  expect([status, body.status]).toEqual([201, 'pending']);
  await loseJobs('send_refund');
  await shop.fault({ timeoutAfterWork: null, down: null });
  const { payment_id } = await refundOf(order.orderId);
  const { provider_payment_id: intent } = await shop.db
    .selectFrom('payments')
    .select('provider_payment_id')
    .where('id', '=', payment_id)
    .executeTakeFirstOrThrow();
  const age = (interval: string) =>
    run(
      shop,
      `UPDATE refunds SET created_at = created_at - interval '${interval}', sent_at = sent_at - interval '${interval}'
       WHERE order_id = '${order.orderId}'`,
    );
  return { ...order, age, intent: String(intent) };
}

describe('a refund without a job', () => {
  it('is sent by the sweep, once', async () => {
    const { orderId, age, intent } = await unansweredRefund({ made: false });
    await age('2 minutes');
    await Promise.all([repairNow(shop), repairNow(shop)]);
    await until(async () => (await refundOf(orderId)).status === 'succeeded');
    expect(await refundsAtStripe(shop, intent)).toMatchObject([{ amount: 1000 }]);
  });

  it('first sent a day ago is found at Stripe and adopted, not sent again', async () => {
    const { orderId, age, intent } = await unansweredRefund({ made: true });
    const [made] = await refundsAtStripe(shop, intent);
    await age('24 hours');
    // A request to refund would be a second one, were its key forgotten: none may come.
    await shop.fault({ down: true, match: 'POST /v1/refunds' });
    await repairNow(shop);
    await until(async () => (await refundOf(orderId)).status === 'succeeded');
    expect((await refundOf(orderId)).provider_refund_id).toBe(made?.id);
  });

  it('first sent a day ago of which Stripe knows nothing is sent, and its day begins anew', async () => {
    const { orderId, age, intent } = await unansweredRefund({ made: false });
    await age('24 hours');
    await repairNow(shop);
    await until(async () => (await refundOf(orderId)).status === 'succeeded');
    expect(await refundsAtStripe(shop, intent)).toHaveLength(1);
    const { sent_at } = await refundOf(orderId);
    expect(Date.now() - Number(sent_at)).toBeLessThan(60_000);
  });

  it('whose job gave up is sent again', async () => {
    const { orderId, age } = await unansweredRefund({ made: false });
    const { id } = await refundOf(orderId);
    await run(
      shop,
      `SELECT graphile_worker.permanently_fail_jobs(ARRAY[(SELECT id FROM graphile_worker.add_job('send_refund',
         json_build_object('refundId', '${id}'), job_key => 'refund:${id}', run_at => now() + interval '1 day'))], 'gave up')`,
    );
    await age('2 minutes');
    await repairNow(shop);
    await until(async () => (await refundOf(orderId)).status === 'succeeded');
  });

  it('with a job that waits is left to it', async () => {
    const { orderId, age } = await unansweredRefund({ made: false });
    const { id } = await refundOf(orderId);
    await run(
      shop,
      `SELECT graphile_worker.add_job('send_refund', json_build_object('refundId', '${id}'),
         job_key => 'refund:${id}', run_at => now() + interval '1 day')`,
    );
    await age('2 minutes');
    await repairNow(shop);
    const { rows } = await sql<{ later: boolean }>`
      SELECT run_at > now() + interval '1 hour' AS later FROM graphile_worker.jobs
      WHERE key = ${`refund:${id}`}`.execute(shop.db);
    expect(rows).toEqual([{ later: true }]);
    await loseJobs('send_refund');
    await repairNow(shop);
    await until(async () => (await refundOf(orderId)).status === 'succeeded');
  });
});

it('an event of Stripe that was kept and lost its job is applied by the sweep', async () => {
  const { orderId, token, checkout } = await waitingOrder(shop);
  const { body } = await checkout();
  await shop.fault({ drop: 1000 });
  await shop.payAtStandIn(body.sessionId);
  const { data } = await shop.atStripe('/_test/events');
  const paid = data.find(
    (event: { type: string; data: { object: { id: string } } }) =>
      event.type === 'checkout.session.completed' && event.data.object.id === body.sessionId,
  );
  await shop.db
    .insertInto('webhook_events')
    .values({
      provider: 'stripe',
      event_id: paid.id,
      type: paid.type,
      payload: JSON.stringify(paid),
      received_at: sql`now() - interval '3 minutes'`,
    })
    .execute();
  await repairNow(shop);
  await until(
    async () => (await shop.api('GET', `/api/orders/${orderId}`, { token })).body.status === 'paid',
  );
});

it('a refund made at Stripe that was told before its payment is applied by the sweep after it', async () => {
  const { orderId, token, checkout } = await waitingOrder(shop);
  const { body: page } = await checkout();
  await shop.fault({ drop: 1000 });
  await shop.payAtStandIn(page.sessionId);
  const { data: charges } = await shop.atStripe('/_test/charges');
  await dashboardOf(shop).refunds.create({ payment_intent: charges[0].paymentIntent });
  const { data: events } = await shop.atStripe('/_test/events');
  const told = (type: string) =>
    apply(
      shop,
      events.find((event: { type: string }) => event.type === type),
    );
  expect(await told('refund.created')).toBe('parked');
  expect(await told('refund.updated')).toBe('parked');
  await repairNow(shop);
  expect(await told('payment_intent.succeeded')).toBe('applied');
  await repairNow(shop);
  const parked = shop.db
    .selectFrom('webhook_events')
    .select('event_id')
    .where('state', '=', 'parked');
  await until(async () => (await parked.execute()).length === 0);
  const { body } = await shop.api('GET', `/api/orders/${orderId}`, { token });
  expect([body.status, body.refundedTotal]).toEqual(['paid', body.total]);
});

it('a page of a cancelled order whose closing was lost is closed by the sweep', async () => {
  const { orderId, checkout } = await waitingOrder(shop);
  expect((await checkout()).status).toBe(201);
  // The move alone, as a crash would leave it if its job were lost.
  await run(
    shop,
    `UPDATE orders SET status = 'cancelled', stock_state = 'released', updated_at = now() - interval '3 minutes'
     WHERE id = '${orderId}'`,
  );
  await repairNow(shop);
  await until(async () => (await checkoutOf(orderId)).status === 'expired');
  expect(await sessionsAtStripe(shop, orderId)).toMatchObject([{ status: 'expired' }]);
  await run(
    shop,
    `UPDATE orders SET status = 'pending', stock_state = 'reserved' WHERE id = '${orderId}'`,
  );
});

it('jobs that failed for the last time are counted, and the audit warns of them', async () => {
  await run(
    shop,
    `SELECT graphile_worker.permanently_fail_jobs(ARRAY[(SELECT id FROM graphile_worker.add_job('send_password_reset',
       '{"email":"nobody@example.test"}', run_at => now() + interval '1 day'))], 'no such host')`,
  );
  expect((await readQueue(shop.db)).dead).toEqual({ send_password_reset: 1 });
  const results = await auditShop(shop.db);
  expect(results.find(({ name }) => name === 'jobs-are-done')).toMatchObject({ count: 1 });
  await loseJobs('send_password_reset');
});
