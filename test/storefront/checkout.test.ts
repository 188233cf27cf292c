import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { addToCart, filledForm, PASSWORD, registered } from './buyer.ts';

describe('the checkout page', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  /** A signed-in customer with one product in the cart. */
  async function customerWith(product: { slug: string }, quantity = '1') {
    const { browser, email } = await registered(shop.url);
    await addToCart(browser, product.slug, quantity);
    return { browser, email };
  }

  async function ordersOf(email: string) {
    const { body } = await shop.api('GET', '/api/orders?limit=100', {
      token: await shop.adminToken(),
    });
    return body.data.filter((order: { email: string }) => order.email === email);
  }

  test('a form sent five times at once and once more later makes one order and leads to one payment page', async () => {
    const { browser, email } = await customerWith(await shop.product());
    const form = await filledForm(browser, email);
    const together = await Promise.all(
      [1, 2, 3, 4, 5].map(() => browser.submit('/checkout', form)),
    );
    const later = await browser.submit('/checkout', form);
    const targets = [...together, later].map(({ status, location }) => `${status} ${location}`);
    expect(new Set(targets).size).toBe(1);
    expect(targets[0]).toMatch(/^303 http:\/\/127\.0\.0\.1:\d+\/pay\/cs_/);
    expect(await ordersOf(email)).toHaveLength(1);
    expect((await browser.open('/cart')).text).toContain('Your cart is empty');
  });

  test('a form sent again after its order was paid shows that order and charges nothing', async () => {
    const { browser, email } = await customerWith(await shop.product());
    const form = await filledForm(browser, email);
    const { location } = await browser.submit('/checkout', form);
    await shop.payAtStandIn(location?.split('/pay/')[1] ?? '');
    await until(async () => (await ordersOf(email))[0].status === 'paid');
    const again = await browser.submit('/checkout', form);
    const [order, ...others] = await ordersOf(email);
    expect(again).toMatchObject({ status: 303, location: `/orders/${order.id}` });
    expect(others).toEqual([]);
  });

  test('a second form for the same cart with another address says that the cart was ordered, and by which order', async () => {
    const { browser, email } = await customerWith(await shop.product());
    const form = await filledForm(browser, email);
    expect((await browser.submit('/checkout', form)).location).toContain('/pay/');
    const moved = await browser.submit('/checkout', { ...form, line1: '2 Second Street' });
    expect(moved).toMatchObject({ status: 303, location: '/cart' });
    const [order, ...others] = await ordersOf(email);
    expect(others).toEqual([]);
    expect(order.shippingAddress.line1).toBe('1 Mill Lane');
    const { text } = await browser.open('/cart');
    expect(text).toContain(`Your cart was ordered already, as order ${order.number}`);
    expect(text).not.toContain('Nothing was ordered or charged');
    expect(text).toContain(`href="/orders/${order.id}"`);
  });

  test('two forms for the last unit: one is paid for, the other goes back to the cart with the reason', async () => {
    const product = await shop.product({ stock: 1 });
    const first = await customerWith(product);
    const second = await customerWith(product);
    const late = await filledForm(second.browser, second.email);
    await first.browser.submit('/checkout', await filledForm(first.browser, first.email));
    expect(await second.browser.submit('/checkout', late)).toMatchObject({ location: '/cart' });
    const { text } = await second.browser.open('/cart');
    expect(text).toContain('This time nothing was ordered or charged');
    expect(text).toContain('Sold out just now.');
    expect(await ordersOf(second.email)).toEqual([]);
    expect((await second.browser.open('/checkout')).location).toBe('/cart');
  });

  test('a cart in two currencies is summed up in one, and ordered once the other is taken out', async () => {
    const dollars = await shop.product({ price: 1999 });
    const yen = await shop.product({ price: 1000, currency: 'JPY' });
    const { browser, email } = await customerWith(dollars);
    await addToCart(browser, yen.slug);
    const { body } = await shop.api('POST', '/api/auth/login', {
      body: { email, password: PASSWORD },
    });
    const cart = await shop.api('GET', '/api/cart', { token: body.accessToken });
    expect(cart.body).toMatchObject({
      ...{ subtotal: { amount: 1999, currency: 'USD' }, orderable: false },
      lines: [{ problem: null }, { problem: 'other_currency' }],
    });
    expect((await browser.open('/cart')).text).toContain('Sold in another currency');
    await browser.submit(`/cart/items/${yen.variantId}`, { quantity: '0' });
    expect((await browser.open('/checkout')).status).toBe(200);
  });

  test('an incomplete address is refused with what was typed kept and what to change', async () => {
    const { browser, email } = await customerWith(await shop.product());
    const form = await filledForm(browser, email);
    const { status, text } = await browser.submit('/checkout', { ...form, city: ' ', country: '' });
    expect(status).toBe(400);
    expect(text).toContain('Type the town or city.');
    expect(text).toContain('Choose a country.');
    expect(text).toContain('value="1 Mill Lane"');
    expect(await ordersOf(email)).toEqual([]);
  });

  test('a price that changed since the form was shown is said before anything is ordered', async () => {
    const product = await shop.product({ price: 5000 });
    const { browser, email } = await customerWith(product);
    const form = await filledForm(browser, email);
    const token = await shop.adminToken();
    const change = { price: { amount: 9900, currency: 'USD' } };
    await shop.api('PUT', `/api/products/${product.id}`, { token, body: change });
    expect(await browser.submit('/checkout', form)).toMatchObject({ location: '/cart' });
    expect(await ordersOf(email)).toEqual([]);
    const { text } = await browser.open('/cart');
    expect(text).toContain('A price changed since you saw the total: it is $99.00 now.');
    const { location } = await browser.submit('/checkout', await filledForm(browser, email));
    expect(location).toContain('/pay/');
    expect((await ordersOf(email))[0].total.amount).toBe(9900);
  });

  test('a form sent again after its order was placed leads to it at the price that was shown', async () => {
    const product = await shop.product({ price: 5000 });
    const { browser, email } = await customerWith(product);
    const form = await filledForm(browser, email);
    const first = await browser.submit('/checkout', form);
    const token = await shop.adminToken();
    const change = { price: { amount: 9900, currency: 'USD' } };
    await shop.api('PUT', `/api/products/${product.id}`, { token, body: change });
    expect((await browser.submit('/checkout', form)).location).toBe(first.location);
    expect(await ordersOf(email)).toMatchObject([{ total: { amount: 5000 } }]);
  });

  test('a price typed into the form changes nothing', async () => {
    const { browser, email } = await customerWith(await shop.product({ price: 5000 }));
    const form = await filledForm(browser, email);
    const cheap = { ...form, total: '1 USD' };
    expect((await browser.submit('/checkout', cheap)).location).toBe('/cart');
    expect(await ordersOf(email)).toEqual([]);
    await browser.submit('/checkout', { ...form, price: '1', customerId: randomUUID() });
    expect((await ordersOf(email))[0].total.amount).toBe(5000);
  });

  test('a guest is asked to sign in and comes back', async () => {
    const browser = openBrowser(shop.url);
    expect(await browser.open('/checkout')).toMatchObject({
      status: 303,
      location: '/sign-in?next=%2Fcheckout',
    });
  });

  test('whose session ended while they typed signs in and comes back to the form', async () => {
    const { browser, email } = await customerWith(await shop.product());
    const form = await filledForm(browser, email);
    browser.cookies.delete('mainstay_session');
    expect((await browser.submit('/checkout', form)).location).toBe('/sign-in?next=%2Fcheckout');
    await browser.open('/sign-in?next=%2Fcheckout');
    const signedIn = await browser.submit('/sign-in?next=%2Fcheckout', {
      email,
      password: PASSWORD,
    });
    expect(signedIn.location).toBe('/checkout');
    expect((await browser.open('/checkout')).status).toBe(200);
  });

  test('somebody else’s order cannot be seen, paid or cancelled', async () => {
    const { browser, email } = await customerWith(await shop.product());
    await browser.submit('/checkout', await filledForm(browser, email));
    const [order] = await ordersOf(email);
    const stranger = await customerWith(await shop.product());
    await stranger.browser.open('/cart');
    expect((await stranger.browser.open(`/orders/${order.id}`)).status).toBe(404);
    expect((await stranger.browser.open('/orders/1')).status).toBe(404);
    expect((await stranger.browser.submit(`/orders/${order.id}/pay`, {})).status).toBe(404);
    expect((await stranger.browser.submit(`/orders/${order.id}/cancel`, {})).status).toBe(404);
    expect((await ordersOf(email))[0].status).toBe('pending');
  });

  test('coming back from paying before the payment is known, the page says so and looks again', async () => {
    const { browser, email } = await customerWith(await shop.product());
    await browser.submit('/checkout', await filledForm(browser, email));
    const [order] = await ordersOf(email);
    const first = await browser.open(`/orders/${order.id}?paid=1`);
    expect(first.text).toContain('We are confirming your payment');
    expect(first.headers.get('refresh')).toBe(`2; url=/orders/${order.id}?paid=2`);
    const last = await browser.open(`/orders/${order.id}?paid=31`);
    expect(last.text).toContain('takes longer than usual');
    expect(last.headers.get('refresh')).toBeNull();
  });

  test('more than there is, or a quantity that is no number, does not go into the cart', async () => {
    const product = await shop.product({ stock: 3 });
    const browser = openBrowser(shop.url);
    await browser.open(`/products/${product.slug}`);
    for (const [quantity, status, says] of [
      ['4', 409, 'There are only 3 left'],
      ['-1', 400, 'Type a quantity from 1 to 999.'],
      ['many', 400, 'Type a quantity from 1 to 999.'],
    ] as const) {
      const answer = await browser.submit('/cart/items', { product: product.slug, quantity });
      expect(answer.status).toBe(status);
      expect(answer.text).toContain(says);
    }
    expect((await browser.open('/cart')).text).toContain('Your cart is empty');
  });

  test('a form from elsewhere is refused', async () => {
    const product = await shop.product();
    const browser = openBrowser(shop.url);
    await browser.open(`/products/${product.slug}`);
    const forged = await browser.submit('/cart/items', { _csrf: 'x', product: product.slug });
    expect(forged.status).toBe(403);
  });
});
