import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConsole, textOf } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { breakInserts, placedOrder, storyOf } from './support.ts';

let shop: TestShop;
let order: Awaited<ReturnType<typeof placedOrder>>;
let ids: Record<string, string>;

beforeAll(async () => {
  shop = await startShop({ JAEGER_UI_URL: 'http://traces.example:16686/' });
  order = await placedOrder(shop);
  const { orderId, token } = order;
  const { sessionId } = await shop.pay(token, orderId);
  const { body: refund } = await shop.api('POST', `/api/orders/${orderId}/refunds`, {
    token: await shop.adminToken(),
    body: { amount: { amount: 500, currency: 'USD' } },
    headers: { 'x-correlation-id': 'refund-desk:7' },
  });
  const payment = await shop.db
    .selectFrom('payments')
    .select(['id', 'provider_payment_id'])
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
  const { provider_refund_id } = await shop.db
    .selectFrom('refunds')
    .select('provider_refund_id')
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
  const checkout = await shop.db
    .selectFrom('checkout_sessions')
    .select('id')
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
  const [event] = await shop.db
    .selectFrom('outbox_events')
    .select('id')
    .where('stream_id', '=', orderId)
    .execute();
  const stripeEvents = async (like: string) =>
    shop.db.selectFrom('webhook_events').select(['event_id']).where('type', 'like', like).execute();
  await until(async () => (await stripeEvents('refund.%')).length > 0);
  ids = {
    id: orderId,
    session: sessionId,
    'payment intent': String(payment.provider_payment_id),
    'refund at Stripe': String(provider_refund_id),
    'event of the payment': String((await stripeEvents('payment_intent.succeeded'))[0]?.event_id),
    'event of the refund': String((await stripeEvents('refund.%'))[0]?.event_id),
    payment: payment.id,
    refund: String(refund.id),
    checkout: checkout.id,
    event: String(event?.id),
    'correlation id': 'refund-desk:7',
  };
});
afterAll(() => shop.stop());

describe('a story is found', () => {
  it('by the order’s number, however it is written', async () => {
    const { number, orderId } = order;
    for (const query of [`${number}`, `#${number}`, ` order ${number} `, `Order #${number}`])
      expect((await storyOf(shop, query)).story?.order.id, query).toBe(orderId);
  });

  it.each([
    'id',
    'session',
    'payment intent',
    'refund at Stripe',
    'event of the payment',
    'event of the refund',
    'payment',
    'refund',
    'checkout',
    'event',
    'correlation id',
  ])('by its %s', async (kind) => {
    const { orders, story } = await storyOf(shop, String(ids[kind]));
    expect(orders).toHaveLength(1);
    expect(story.order.id).toBe(order.orderId);
  });

  it('by nothing else, and the page says what can be searched for', async () => {
    for (const query of ['999999', 'cs_test_nothing', "'; DROP TABLE orders; --", '%', '0'])
      expect(await storyOf(shop, query), query).toEqual({ orders: [], story: null, work: [] });
    const browser = await openConsole(shop);
    const { text } = await browser.open('/admin/story?q=no-such-thing');
    expect(textOf(text)).toContain('Nothing is known as “no-such-thing”');
    expect(textOf(text)).toContain('correlation id');
    expect((await browser.open('/admin/story')).status).toBe(200);
  });

  it('by administrators alone', async () => {
    const path = `/api/admin/story?q=${order.number}`;
    expect((await shop.api('GET', path)).status).toBe(401);
    expect((await shop.api('GET', path, { token: order.token })).status).toBe(403);
    expect((await shop.api('GET', '/admin/story')).status).toBe(303);
    expect((await shop.api('GET', '/admin/operations')).status).toBe(303);
  });
});

it('the story of an order that went well has every kind of thing in time order, nothing wrong and no person', async () => {
  await until(
    async () =>
      (await storyOf(shop, order.number)).story.entries.filter(
        ({ what, outcome }: { what: string; outcome: string }) =>
          what === 'send_order_mail' && outcome === 'ok',
      ).length === 2,
  );
  const { story } = await storyOf(shop, order.number);
  expect(story.troubles).toEqual([]);
  const entries: { at: string; kind: string; what: string; outcome: string; detail: string }[] =
    story.entries;
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted());
  expect(new Set(entries.map(({ kind }) => kind))).toEqual(
    new Set(['request', 'job', 'event', 'stripe', 'checkout', 'payment', 'refund', 'stock']),
  );
  expect(entries.find(({ what }) => what === 'order.paid')).toMatchObject({
    outcome: 'published',
    detail: expect.stringContaining('applied by order-mails, webhooks'),
  });
  expect(JSON.stringify(story)).not.toContain(order.email);
  const browser = await openConsole(shop);
  const page = textOf((await browser.open(`/admin/story?q=${order.number}`)).text);
  expect(page).toContain('Nothing is wrong with this order');
});

it('where traces have a place to be looked at, each line that was traced leads there', async () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  await shop.db
    .updateTable('outbox_events')
    .set({ traceparent: `00-${trace}-b7ad6b7169203331-01` })
    .where('type', '=', 'order.placed')
    .execute();
  const browser = await openConsole(shop);
  const { text } = await browser.open(`/admin/story?q=${order.number}`);
  expect(text).toContain(`href="http://traces.example:16686/trace/${trace}"`);
});

it('work that led to no order is found by its correlation id', async () => {
  const mend = await breakInserts(shop, 'users', 'true');
  await shop.api('POST', '/api/auth/register', {
    body: { email: 'x@example.test', password: 'correct horse battery', name: 'X' },
    headers: { 'x-correlation-id': 'failed:1' },
  });
  await mend();
  await until(async () => (await storyOf(shop, 'failed:1')).work.length === 1);
  expect((await storyOf(shop, 'failed:1')).work[0]).toMatchObject({
    what: 'POST /api/auth/register',
    outcome: 'failed',
    detail: expect.stringContaining('500, internal_error'),
  });
});
