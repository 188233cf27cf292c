import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addToCart, filledForm, registered } from '../storefront/buyer.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';
import { crashNow, holdAt, holdCommit, holdUpdate, unanswered } from './hold.ts';
import { type Buying, buying } from './support.ts';

const SESSIONS = 'POST /v1/checkout/sessions';

/** One process, killed between two steps and started again; the database and Stripe outlive it. */
describe('kill -9 from placing an order to its payment', () => {
  let shop: Fleet;
  let buy: Buying;
  beforeAll(async () => {
    shop = await startFleet({ processes: 1 });
    buy = buying(shop);
  });
  afterEach(() => expectCleanAudit(shop.db));
  afterAll(() => shop.stop());

  it('after an order was placed and before its answer: the retry with its key gets that order', async () => {
    const product = await shop.product({ stock: 10 });
    const { token } = await shop.customer();
    const place = () => shop.order(token, product.variantId, 2, { 'idempotency-key': 'place' });
    const point = await holdCommit(shop, 'orders');
    const first = unanswered(place());
    await point.reached();
    await point.crash();
    await first;
    await shop.restart();
    const again = await place();
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    const { body } = await shop.api('GET', '/api/orders', { token });
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([again.body.id]);
    expect(await shop.available(product)).toBe(8);
  });

  it('in the middle of placing: nothing is left, and the retry with its key places the order', async () => {
    const product = await shop.product({ stock: 10 });
    const { token } = await shop.customer();
    const place = () => shop.order(token, product.variantId, 2, { 'idempotency-key': 'middle' });
    const point = await holdAt(shop, 'LOCK TABLE order_items IN EXCLUSIVE MODE');
    const first = unanswered(place());
    await point.reached();
    await point.crash();
    await first;
    await shop.restart();
    expect((await shop.api('GET', '/api/orders', { token })).body.data).toEqual([]);
    expect(await shop.available(product)).toBe(10);
    const again = await place();
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
  });

  it('after a checkout claimed its key and placed its order: the retry goes on with both', async () => {
    const product = await shop.product({ stock: 10 });
    const { token } = await shop.customer();
    const checkout = () =>
      shop.api('POST', '/api/checkout', {
        token,
        body: { items: [{ variantId: product.variantId, quantity: 1 }] },
        headers: { 'idempotency-key': 'checkout' },
      });
    const point = await holdCommit(shop, 'orders');
    const first = unanswered(checkout());
    await point.reached();
    await point.crash();
    await first;
    await shop.restart();
    const { body: placed } = await shop.api('GET', '/api/orders', { token });
    const { status, body } = await checkout();
    expect([status, body.orderId]).toEqual([201, placed.data[0].id]);
    expect(placed.data).toHaveLength(1);
    expect(await buy.sessionsOf(body.orderId)).toMatchObject([{ id: body.sessionId }]);
    expect(await shop.available(product)).toBe(9);
  });

  it('after the page’s row was written and before Stripe is asked: the next checkout opens it', async () => {
    const order = await buy.order();
    const point = await holdCommit(shop, 'checkout_sessions');
    const first = unanswered(buy.checkout(order));
    await point.reached();
    await point.crash();
    await first;
    expect(await buy.pagesOf(order.id)).toEqual(['creating']);
    expect(await buy.sessionsOf(order.id)).toEqual([]);
    await shop.restart();
    const { body } = await buy.checkout(order);
    expect(await buy.pagesOf(order.id)).toEqual(['open']);
    await shop.payAtStandIn(body.sessionId);
    await buy.becomes(order, 'paid');
    expect(await buy.onlyCharge(body.sessionId)).toMatchObject({ amount: 2000 });
  });

  it('after Stripe was asked and before it answered: the next checkout gets the same session', async () => {
    const order = await buy.order();
    await shop.fault({ timeoutAfterWork: true, match: SESSIONS });
    const first = unanswered(buy.checkout(order));
    await until(async () => (await buy.sessionsOf(order.id)).length === 1);
    await crashNow(shop);
    await first;
    await shop.fault({ clear: true });
    expect(await buy.pagesOf(order.id)).toEqual(['creating']);
    await shop.restart();
    const { body } = await buy.checkout(order);
    expect(await buy.sessionsOf(order.id)).toMatchObject([{ id: body.sessionId }]);
    expect(await buy.pagesOf(order.id)).toEqual(['open']);
  });

  it('after Stripe answered and before the row says so: the next checkout gets the same session', async () => {
    const order = await buy.order();
    const point = await holdUpdate(shop, 'checkout_sessions');
    const first = unanswered(buy.checkout(order));
    await point.reached();
    await point.crash();
    await first;
    const made = await buy.sessionsOf(order.id);
    expect(made).toHaveLength(1);
    expect(await buy.pagesOf(order.id)).toEqual(['creating']);
    await shop.restart();
    expect((await buy.checkout(order)).body.sessionId).toBe(made[0]?.id);
    expect(await buy.sessionsOf(order.id)).toHaveLength(1);
  });

  it('with a page that the shop never heard of, of an order cancelled since: money that comes on it goes back', async () => {
    const order = await buy.order();
    await shop.fault({ timeoutAfterWork: true, match: SESSIONS });
    const first = unanswered(buy.checkout(order));
    await until(async () => (await buy.sessionsOf(order.id)).length === 1);
    await crashNow(shop);
    await first;
    await shop.fault({ clear: true });
    await shop.restart();
    await shop.api('DELETE', `/api/orders/${order.id}`, { token: order.token });
    const [session] = await buy.sessionsOf(order.id);
    await shop.payAtStandIn(session?.id ?? '');
    await until(async () => (await buy.onlyCharge(session?.id ?? '')).amountRefunded === 2000);
    expect(await buy.statusOf(order)).toBe('cancelled');
  });

  it('after the order of a cart was placed and before the cart is empty: the form leads to that order, and nothing is bought twice', async () => {
    const [first, second] = [await shop.product({ stock: 9 }), await shop.product({ stock: 9 })];
    const crashed = async () => {
      const { browser, email } = await registered(shop.next);
      await addToCart(browser, first.slug);
      const form = await filledForm(browser, email);
      const point = await holdAt(shop, 'LOCK TABLE carts IN SHARE MODE');
      const sent = unanswered(browser.submit('/checkout', form));
      await point.reached();
      await point.crash();
      await sent;
      await shop.restart();
      return { browser, email, form };
    };
    const patientOne = await crashed();
    const again = await patientOne.browser.submit('/checkout', patientOne.form);
    expect(again.location).toContain('/pay/cs_');
    expect((await patientOne.browser.open('/cart')).text).toContain('Your cart is empty');
    expect(await shop.available(first)).toBe(8);

    const busyOne = await crashed();
    await addToCart(busyOne.browser, second.slug);
    const edited = await filledForm(busyOne.browser, busyOne.email);
    expect((await busyOne.browser.submit('/checkout', edited)).location).toBe('/cart');
    const rest = await filledForm(busyOne.browser, busyOne.email);
    expect((await busyOne.browser.submit('/checkout', rest)).location).toContain('/pay/cs_');
    expect([await shop.available(first), await shop.available(second)]).toEqual([7, 8]);
  });
});
