import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../identity/browser.ts';
import {
  addToCart,
  filledForm,
  PASSWORD,
  registered,
  type ShopBrowser,
} from '../storefront/buyer.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';

/** Requests alternate between two processes on one database. */
describe('carts, attacked through two processes', () => {
  let shop: Fleet;
  beforeAll(async () => {
    shop = await startFleet();
  });
  afterEach(() => expectCleanAudit(shop.db));
  afterAll(() => shop.stop());

  const times = <T>(count: number, act: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => act(index)));
  const ordersOf = async (email: string) => {
    const { body } = await shop.api('GET', '/api/orders?limit=100', {
      token: await shop.adminToken(),
    });
    return body.data.filter((order: { email: string }) => order.email === email);
  };
  /** The customer's cart, as units per variant. */
  const cartOf = async (email: string): Promise<Record<string, number>> => {
    const login = await shop.api('POST', '/api/auth/login', {
      body: { email, password: PASSWORD },
    });
    const { body } = await shop.api('GET', '/api/cart', { token: login.body.accessToken });
    return Object.fromEntries(
      body.lines.map((line: { variantId: string; quantity: number }) => [
        line.variantId,
        line.quantity,
      ]),
    );
  };
  const sessionOf = (location: string | null) => location?.split('/pay/')[1] ?? '';
  const setQuantity = (browser: ShopBrowser, variantId: string, quantity: number) =>
    browser.submit(`/cart/items/${variantId}`, { quantity: String(quantity) });

  it('a cart edited while it is checked out: the order and its charge are what the form showed, the rest stays in the cart (ACIDRain cart, scope-based; Spree #11286)', async () => {
    const cheap = await shop.product({ price: 100, stock: 100 });
    const dear = await shop.product({ price: 99_900, stock: 100 });
    await times(6, async () => {
      const { browser, email } = await registered(shop.next);
      await addToCart(browser, cheap.slug);
      const form = await filledForm(browser, email);
      const [placed] = await Promise.all([
        browser.submit('/checkout', form),
        browser.submit('/cart/items', { product: dear.slug, quantity: '1' }),
        setQuantity(browser, cheap.variantId, 3),
      ]);
      const [order, ...others] = await ordersOf(email);
      expect(others).toEqual([]);
      expect(order).toMatchObject({
        total: { amount: 100 },
        items: [{ variantId: cheap.variantId, quantity: 1 }],
      });
      await shop.payAtStandIn(sessionOf(placed.location));
      expect(await shop.chargesOf(sessionOf(placed.location))).toMatchObject([{ amount: 100 }]);
      const left = await cartOf(email);
      expect(left[dear.variantId]).toBe(1);
      // Raised before the order took its unit out, or after.
      expect([2, 3]).toContain(left[cheap.variantId]);
    });
  });

  it('a cart checked out in ten tabs at once becomes one order and one payment page (Medusa: one cart, two orders)', async () => {
    const product = await shop.product({ stock: 50 });
    const { browser, email } = await registered(shop.next);
    await addToCart(browser, product.slug, '2');
    const tabs = await times(10, () => filledForm(browser, email));
    const answers = await Promise.all(tabs.map((form) => browser.submit('/checkout', form)));
    const later = await browser.submit('/checkout', tabs[9] ?? {});
    expect(new Set([...answers, later].map(({ location }) => location)).size).toBe(1);
    expect(await ordersOf(email)).toHaveLength(1);
    expect(await shop.available(product)).toBe(48);
    expect(await cartOf(email)).toEqual({});
  });

  it('a tab that shows the cart as it was before another tab ordered it buys nothing a second time, and the next checkout works', async () => {
    const [first, second] = [await shop.product({ stock: 9 }), await shop.product({ stock: 9 })];
    const { browser, email } = await registered(shop.next);
    await addToCart(browser, first.slug);
    const early = await filledForm(browser, email);
    await addToCart(browser, second.slug);
    const late = await filledForm(browser, email);
    await browser.submit('/checkout', early);
    expect(await browser.submit('/checkout', late)).toMatchObject({ location: '/cart' });
    expect((await browser.open('/cart')).text).toContain('was ordered already');
    expect(await ordersOf(email)).toHaveLength(1);
    expect(await cartOf(email)).toEqual({ [second.variantId]: 1 });

    await browser.submit('/checkout', await filledForm(browser, email));
    expect(await ordersOf(email)).toHaveLength(2);
    expect(await shop.available(first)).toBe(8);
    expect(await shop.available(second)).toBe(8);
  });

  it('65 products put into one cart at once are all in it (Vendure #2187, #2041, #3398, #4481)', async () => {
    const products = await times(65, () => shop.product({ stock: 5 }));
    const { token } = await shop.customer();
    const answers = await Promise.all(
      products.map(({ variantId }) =>
        shop.api('PUT', `/api/cart/items/${variantId}`, { token, body: { quantity: 2 } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { body } = await shop.api('GET', '/api/cart', { token });
    expect(body).toMatchObject({ count: 130, orderable: true });
    expect(body.lines).toHaveLength(65);
  });

  it('40 clicks on “Add to cart” at once add up to 40', async () => {
    const product = await shop.product({ stock: 100 });
    const { browser, email } = await registered(shop.next);
    await browser.open(`/products/${product.slug}`);
    await times(40, () => browser.submit('/cart/items', { product: product.slug, quantity: '1' }));
    expect(await cartOf(email)).toEqual({ [product.variantId]: 40 });
  });

  it('a guest’s cart that joins a customer’s in eight sign-ins at once joins it once', async () => {
    const { email } = await registered(shop.next);
    const product = await shop.product({ stock: 100 });
    const guest = openBrowser(shop.next);
    await addToCart(guest, product.slug, '3');
    await guest.open('/sign-in');
    const answers = await times(8, () => guest.submit('/sign-in', { email, password: PASSWORD }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(await cartOf(email)).toEqual({ [product.variantId]: 3 });
  });

  it('what a guest adds while their cart joins a customer’s is lost in no interleaving (Vendure #4488: mergeOrders)', async () => {
    const products = await times(24, () => shop.product({ stock: 5 }));
    const { email } = await registered(shop.next);
    const guest = openBrowser(shop.next);
    await addToCart(guest, products[0]?.slug ?? '');
    await guest.open('/sign-in');
    const visitor = [...guest.cookies];
    const answers = await Promise.all([
      guest.submit('/sign-in', { email, password: PASSWORD }),
      ...products
        .slice(1)
        .map(({ slug }) => guest.submit('/cart/items', { product: slug, quantity: '1' })),
      guest.submit('/sign-in', { email, password: PASSWORD }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    // What arrived after the carts joined waits in the guest's cart for the next sign-in.
    const again = openBrowser(shop.next);
    for (const [name, value] of visitor) again.cookies.set(name, value);
    await again.open('/sign-in');
    await again.submit('/sign-in', { email, password: PASSWORD });
    expect(await cartOf(email)).toEqual(
      Object.fromEntries(products.map(({ variantId }) => [variantId, 1])),
    );
  });

  it('a price that changes between cart and order, and between order and payment: the charge is the total that was shown, of the order’s moment', async () => {
    const product = await shop.product({ price: 1000, stock: 50 });
    const admin = await shop.adminToken();
    const reprice = (amount: number) =>
      shop.api('PUT', `/api/products/${product.id}`, {
        token: admin,
        body: {
          variants: [
            { id: product.variantId, sku: 'REPRICED', price: { amount, currency: 'USD' } },
          ],
        },
      });
    const { browser, email } = await registered(shop.next);
    await addToCart(browser, product.slug);
    const old = await filledForm(browser, email);
    await reprice(1500);
    expect((await browser.submit('/checkout', old)).location).toBe('/cart');
    const form = await filledForm(browser, email);
    const { location } = await browser.submit('/checkout', form);
    await reprice(9900);
    await shop.payAtStandIn(sessionOf(location));
    expect(await ordersOf(email)).toMatchObject([{ total: { amount: 1500 } }]);
    expect(await shop.chargesOf(sessionOf(location))).toMatchObject([{ amount: 1500 }]);

    const racing = await times(24, async (index) => {
      if (index % 4 === 0) await reprice(2000 + index);
      const { token } = await shop.customer();
      const placed = await shop.order(token, product.variantId, 2);
      const { body } = await shop.api('POST', '/api/checkout', {
        token,
        body: { orderId: placed.body.id },
      });
      await shop.payAtStandIn(body.sessionId);
      const [charge] = await shop.chargesOf(body.sessionId);
      return [placed.body.total.amount, placed.body.items[0].unitPrice.amount * 2, charge?.amount];
    });
    for (const [total, lines, charged] of racing)
      expect([total, lines]).toEqual([charged, charged]);
  });

  it('a product withdrawn between cart and order is not sold, and nothing of the order is kept', async () => {
    const [stays, goes] = [await shop.product({ stock: 5 }), await shop.product({ stock: 5 })];
    const { browser, email } = await registered(shop.next);
    await addToCart(browser, stays.slug);
    await addToCart(browser, goes.slug);
    const form = await filledForm(browser, email);
    await shop.api('PUT', `/api/products/${goes.id}`, {
      token: await shop.adminToken(),
      body: { status: 'archived' },
    });
    expect(await browser.submit('/checkout', form)).toMatchObject({ location: '/cart' });
    expect(await ordersOf(email)).toEqual([]);
    expect(await shop.available(stays)).toBe(5);
  });
});
