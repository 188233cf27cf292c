import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { counting, metric, sessionsAtStripe, waitingOrder } from './support.ts';

const SESSIONS = 'POST /v1/checkout/sessions';

describe('with Stripe in trouble for a moment, a checkout', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterEach(() => shop.fault({ clear: true }));
  afterAll(() => shop.stop());

  it('is tried three times, then answered 503 with Retry-After', async () => {
    const { checkout } = await waitingOrder(shop);
    const struck = await counting(shop, 'failRate', { failRate: 1 });
    const { status, body, headers } = await checkout();
    expect([status, body.code]).toEqual([503, 'payment_provider_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await struck()).toBe(3);
  });

  it('succeeds when the next try does, also after 429, with one session', async () => {
    for (const fault of [
      { failNext: 1, status: 429 },
      { failNext: 1, status: 409 },
      { timeoutAfterWork: 'drop', times: 1, match: SESSIONS },
    ]) {
      const { checkout, orderId } = await waitingOrder(shop);
      await shop.fault(fault);
      expect((await checkout()).status).toBe(201);
      expect(await sessionsAtStripe(shop, orderId)).toHaveLength(1);
    }
  });

  it('is answered in time when Stripe says nothing, and goes on with the same session later', async () => {
    const { checkout, orderId } = await waitingOrder(shop);
    await shop.fault({ timeoutAfterWork: true, match: SESSIONS });
    const started = Date.now();
    expect((await checkout()).status).toBe(503);
    // Three tries to their ends would take 15 s.
    expect(Date.now() - started).toBeLessThan(14_000);
    await shop.fault({ clear: true });
    expect((await checkout()).status).toBe(201);
    expect(await sessionsAtStripe(shop, orderId)).toHaveLength(1);
  });

  it('that races itself neither spends the retry budget nor counts against Stripe', async () => {
    const { checkout, orderId } = await waitingOrder(shop);
    const before = await metric(shop, 'dependency_retry_budget_tokens', 'stripe');
    await shop.fault({ latencyMs: 300 });
    await Promise.all(Array.from({ length: 10 }, checkout));
    expect(await metric(shop, 'dependency_calls_total', 'outcome="busy"')).toBeGreaterThan(0);
    expect(await metric(shop, 'dependency_retry_budget_tokens', 'stripe')).toBeGreaterThanOrEqual(
      before,
    );
    expect(await sessionsAtStripe(shop, orderId)).toHaveLength(1);
  });
});

describe('with Stripe down for long', () => {
  let shop: TestShop;
  beforeEach(async () => {
    shop = await startShop();
  });
  afterEach(() => shop.stop());

  it('each checkout costs one call, then none; both end by themselves once Stripe is back', async () => {
    const orders = await Promise.all(Array.from({ length: 30 }, () => waitingOrder(shop)));
    const struck = await counting(shop, 'down', { down: true });
    // Spends the budget: the first calls retry, up to half the tokens.
    for (const { checkout } of orders.slice(0, 5)) await checkout();
    const spent = await struck();
    for (const { checkout } of orders.slice(5, 15)) await checkout();
    expect((await struck()) - spent).toBeLessThanOrEqual(11);
    for (const { checkout } of orders.slice(15)) await checkout();
    const refused = await orders[0]?.checkout();
    expect([refused?.status, refused?.body.code]).toEqual([503, 'payment_provider_unavailable']);
    const wait = Number(refused?.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(10);
    expect(await metric(shop, 'dependency_circuit_state', 'stripe')).toBe(2);
    const atOpening = await struck();
    await Promise.all(orders.map(({ checkout }) => checkout()));
    expect(await struck()).toBe(atOpening);

    await shop.fault({ clear: true });
    await until(async () => (await orders[0]?.checkout())?.status === 201);
    for (const { checkout } of orders) await until(async () => (await checkout()).status === 201);
    expect(await metric(shop, 'dependency_circuit_state', 'stripe')).toBe(0);
    for (const { orderId } of orders) expect(await sessionsAtStripe(shop, orderId)).toHaveLength(1);
  });

  it('a customer’s order is kept, and its page says so and lets them try again', async () => {
    const { email, password, orderId } = await waitingOrder(shop);
    const browser = openBrowser(shop.url);
    await browser.open('/sign-in');
    await browser.submit('/sign-in', { email, password });
    await shop.fault({ down: true });
    await browser.open(`/orders/${orderId}`);
    const { status, headers } = await browser.submit(`/orders/${orderId}/pay`, {});
    expect([status, headers.get('location')]).toEqual([303, `/orders/${orderId}`]);
    const { text } = await browser.open(`/orders/${orderId}`);
    expect(text).toContain('Your order is placed and kept for you');
    expect(text).toContain('Nothing was charged');
    expect(text).toContain('Pay now');
    await shop.fault({ clear: true });
    const again = await browser.submit(`/orders/${orderId}/pay`, {});
    expect(again.headers.get('location')).toContain(`${shop.standInUrl}/pay/`);
  });
});

describe('while 200 checkouts hang on Stripe', () => {
  const STRIPE_TAKES_MS = 100_000;
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  it('orders are placed and products are browsed as ever', async () => {
    const { token } = await shop.customer();
    const { variantId } = await shop.product({ stock: 300 });
    const orders = await Promise.all(
      Array.from({ length: 200 }, () => shop.order(token, variantId)),
    );
    const overloaded = () => metric(shop, 'dependency_calls_total', 'outcome="overloaded"');
    const started = Date.now();
    await shop.fault({ latencyMs: STRIPE_TAKES_MS });
    const answered: { status: number; headers: Headers }[] = [];
    const hanging = orders.map(async ({ body }) => {
      answered.push(await shop.api('POST', '/api/checkout', { token, body: { orderId: body.id } }));
    });
    // As many hang as may; the others are refused at once.
    await until(async () => (await overloaded()) > 0);
    expect((await shop.order(token, variantId)).status).toBe(201);
    expect((await shop.api('GET', '/api/products?limit=5')).status).toBe(200);
    expect((await fetch(`${shop.url}/`)).status).toBe(200);
    expect(answered.length).toBeLessThan(200);
    await Promise.all(hanging);
    for (const { status, headers } of answered)
      expect([status, Number(headers.get('retry-after')) > 0]).toEqual([503, true]);
    // Nobody waited for Stripe's own answer.
    expect(Date.now() - started).toBeLessThan(STRIPE_TAKES_MS);
    await shop.fault({ clear: true });
  });
});
