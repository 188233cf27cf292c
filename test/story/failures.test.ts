import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { openConsole } from '../admin/support.ts';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { startReceiver } from '../webhooks/receiver.ts';
import { webhooksOf } from '../webhooks/support.ts';
import { breakInserts, isShown, placedOrder, storyOf, troubleOf } from './support.ts';

// Each breaks one thing, then knows nothing but the number of a customer's order.
describe('from an order’s number alone, the story leads to the failing step', () => {
  let shop: TestShop;
  let browser: Awaited<ReturnType<typeof openConsole>>;
  beforeAll(async () => {
    shop = await startShop();
    browser = await openConsole(shop);
  });
  afterEach(() => shop.fault({ clear: true }));
  afterAll(() => shop.stop());

  it('Stripe cannot be reached: the payment page does not open', async () => {
    const { number, checkout } = await placedOrder(shop);
    await shop.fault({ down: true });
    expect((await checkout()).status).toBe(503);
    const trouble = await troubleOf(shop, number, 'checkout');
    expect(trouble).toMatchObject({ severity: 'bad', runbook: 'stripe-unreachable.md' });
    await isShown(browser, number, trouble);
  });

  it('Stripe answers 500 to a customer who presses “Pay now”: the page itself hides it from the status', async () => {
    const { number, orderId, email, password } = await placedOrder(shop);
    const shopper = openBrowser(shop.url);
    await shopper.open('/sign-in');
    await shopper.submit('/sign-in', { email, password });
    await shop.fault({ failRate: 1 });
    await shopper.open(`/orders/${orderId}`);
    expect((await shopper.submit(`/orders/${orderId}/pay`, {})).status).toBe(303);
    expect(await troubleOf(shop, number, 'checkout')).toMatchObject({
      severity: 'bad',
      runbook: 'stripe-unreachable.md',
    });
    await shop.fault({ clear: true });
    await shopper.open(`/orders/${orderId}`);
    await shopper.submit(`/orders/${orderId}/pay`, {});
    const steps = (await storyOf(shop, number)).story.troubles.map(
      ({ step }: { step: string }) => step,
    );
    expect(steps).not.toContain('checkout');
    expect(steps).not.toContain('request');
  });

  it('the card is declined', async () => {
    const { number, checkout } = await placedOrder(shop);
    await shop.payAtStandIn((await checkout()).body.sessionId, '4000000000000002');
    const trouble = await troubleOf(shop, number, 'payment');
    expect(trouble).toMatchObject({ runbook: 'one-order.md#the-card-was-declined' });
    expect(trouble.what).toContain('generic_decline');
    await isShown(browser, number, trouble);
  });

  it('the webhook is lost: paid at Stripe, not here', async () => {
    const { number, checkout, orderId, email, password } = await placedOrder(shop);
    const { sessionId } = (await checkout()).body;
    await shop.fault({ drop: 1000 });
    await shop.payAtStandIn(sessionId);
    const trouble = await troubleOf(shop, number, 'webhook');
    expect(trouble).toMatchObject({
      severity: 'warn',
      runbook: 'one-order.md#paid-at-stripe-not-here',
    });
    await isShown(browser, number, trouble);

    const shopper = openBrowser(shop.url);
    await shopper.open('/sign-in');
    await shopper.submit('/sign-in', { email, password });
    await shopper.open(`/orders/${orderId}?paid=1`);
    await until(async () =>
      (await troubleOf(shop, number, 'webhook')).what.includes('the customer came back'),
    );
  });

  it('the webhook tells of another amount: the event is parked', async () => {
    const { number, checkout } = await placedOrder(shop);
    const { sessionId } = (await checkout()).body;
    await shop.fault({ drop: 1, match: 'payment_intent.succeeded' });
    await shop.fault({ wrongAmount: true });
    await shop.payAtStandIn(sessionId);
    const trouble = await troubleOf(shop, number, 'stripe_event');
    expect(trouble).toMatchObject({ severity: 'bad', runbook: 'parked-money.md' });
    expect(trouble.what).toMatch(/evt_\w+ .* is parked .* captured 1999 USD/);
    await isShown(browser, number, trouble);
  });

  it('the mail server is down', async () => {
    const { number, token, orderId } = await placedOrder(shop);
    const send = vi.spyOn(shop.mailbox, 'send').mockImplementation(async () => {
      throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:25'), { code: 'ECONNREFUSED' });
    });
    await shop.pay(token, orderId);
    const trouble = await troubleOf(shop, number, 'mail');
    expect(trouble).toMatchObject({
      severity: 'bad',
      runbook: 'one-order.md#a-mail-was-not-sent',
    });
    await until(async () => (await troubleOf(shop, number, 'mail')).what.includes('ECONNREFUSED'));
    await isShown(browser, number, trouble);
    send.mockRestore();
  });

  it('a merchant’s endpoint answers 500', async () => {
    const receiver = await startReceiver();
    receiver.answerBy((response) => response.writeHead(500).end());
    const { id } = await webhooksOf(shop).endpoint(receiver.url, ['order.paid']);
    const { number, token, orderId } = await placedOrder(shop);
    await shop.pay(token, orderId);
    const trouble = await troubleOf(shop, number, 'delivery');
    expect(trouble).toMatchObject({ severity: 'warn', runbook: 'webhook-endpoint-failing.md' });
    expect(trouble.what).toContain('It answered 500.');
    await isShown(browser, number, trouble);
    await sql`DELETE FROM webhook_endpoints WHERE id = ${id}`.execute(shop.db);
    await receiver.close();
  });

  it('a consumer fails until its event is given up on', async () => {
    const mend = await breakInserts(shop, 'inbox_events', `NEW.consumer = 'order-mails'`);
    const { number, token, orderId } = await placedOrder(shop);
    await shop.pay(token, orderId);
    await until(async () => {
      await sql`UPDATE outbox_events SET next_attempt_at = now(), attempts = greatest(attempts, 8)
        WHERE stream_id = ${orderId} AND type = 'order.paid' AND dead_at IS NULL AND attempts > 0`.execute(
        shop.db,
      );
      return (await troubleOf(shop, number, 'event')).what.includes('given up on');
    });
    const trouble = await troubleOf(shop, number, 'event');
    expect(trouble).toMatchObject({ severity: 'bad', runbook: 'events-not-sent.md' });
    expect(trouble.what).toContain('order-mails: planted failure');
    await isShown(browser, number, trouble);
    await mend();
  });

  it('Stripe does not take a refund', async () => {
    const { number, token, orderId } = await placedOrder(shop);
    await shop.pay(token, orderId);
    await shop.fault({ failRate: 1, match: 'POST /v1/refunds' });
    await shop.api('POST', `/api/orders/${orderId}/refunds`, {
      token: await shop.adminToken(),
      body: {},
    });
    await until(async () =>
      (await troubleOf(shop, number, 'refund')).what.includes('payment_provider_unavailable'),
    );
    const trouble = await troubleOf(shop, number, 'refund');
    expect(trouble).toMatchObject({ severity: 'bad', runbook: 'refund-pending.md' });
    await isShown(browser, number, trouble);
  });

  it('the reservation runs out before the customer pays', async () => {
    const { number, orderId, checkout } = await placedOrder(shop);
    await checkout();
    await sql`UPDATE orders SET reserved_until = now() WHERE id = ${orderId}`.execute(shop.db);
    const trouble = await troubleOf(shop, number, 'reservation');
    expect(trouble).toMatchObject({ runbook: 'one-order.md#the-order-expired' });
    await isShown(browser, number, trouble);
  });

  it('a job that can never succeed is given up on', async () => {
    const { number, orderId } = await placedOrder(shop);
    await sql`SELECT graphile_worker.add_job('close_checkouts', '{"poison": true}',
      job_key => ${`close_checkouts:${orderId}`}, max_attempts => 1)`.execute(shop.db);
    await until(async () =>
      (await troubleOf(shop, number, 'job')).what.includes('It was given up on.'),
    );
    const trouble = await troubleOf(shop, number, 'job');
    expect(trouble).toMatchObject({ severity: 'bad', runbook: 'one-order.md#a-job-fails' });
    expect(trouble.what).toContain('close_checkouts');
    await isShown(browser, number, trouble);
  });
});

it('where no worker runs the story says so, and which event waits', async () => {
  const shop = await startShop({}, { role: 'web' });
  const browser = await openConsole(shop);
  const { number, checkout } = await placedOrder(shop);
  await shop.payAtStandIn((await checkout()).body.sessionId);
  const event = await troubleOf(shop, number, 'stripe_event');
  expect(event.what).toMatch(/evt_\w+ .* has arrived and waits: no worker runs/);
  const trouble = await troubleOf(shop, number, 'worker');
  expect(trouble).toMatchObject({
    severity: 'bad',
    runbook: 'README.md#nothing-is-worked-off',
    href: '/admin/operations',
  });
  await isShown(browser, number, trouble);
  await shop.stop();
});

it('where the database is lost during a checkout the story tells of the 503 once it is back', async () => {
  let proxy: TcpProxy | undefined;
  const shop = await startShop(
    {},
    {
      reach: async (address) => {
        const url = new URL(address);
        proxy = await TcpProxy.start(Number(url.port || 5432));
        url.hostname = '127.0.0.1';
        url.port = String(proxy.port);
        return url.toString();
      },
    },
  );
  const { number, checkout } = await placedOrder(shop);
  proxy?.refuse(true);
  proxy?.cut();
  const answer = await checkout();
  expect([answer.status, answer.body.code]).toEqual([503, 'service_unavailable']);
  proxy?.heal();
  await until(async () => (await fetch(`${shop.url}/health/ready`)).status === 200);
  const trouble = await troubleOf(shop, number, 'request');
  expect(trouble).toMatchObject({
    severity: 'bad',
    runbook: 'one-order.md#a-request-was-answered-503',
  });
  expect(trouble.what).toContain('POST /api/checkout answered 503 service_unavailable');
  await isShown(await openConsole(shop), number, trouble);
  await shop.stop();
  await proxy?.close();
});
