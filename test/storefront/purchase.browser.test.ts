import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from '../support/chromium.ts';
import {
  addToCart,
  CARD,
  checkOut,
  fillAddress,
  openStorefront,
  payWith,
  type Storefront,
  signUp,
} from './shopper.ts';

describeInBrowser('buying in the browser', () => {
  let shop: Storefront;
  beforeAll(async () => {
    shop = await openStorefront();
  });
  afterAll(() => shop.stop());

  async function ordersOf(email: string) {
    const { body } = await shop.api('GET', '/api/orders', { token: await shop.adminToken() });
    return body.data.filter((order: { email: string }) => order.email === email);
  }

  test('a newcomer registers, searches, puts a mug into the cart, pays and sees the order paid', async () => {
    const page = await shop.visitor();
    await page.goto('/');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Create an account' }).click();
    const email = await signUp(page);

    await page.getByRole('searchbox').fill('enamle mug');
    await page.getByRole('searchbox').press('Enter');
    expect(await page.getByRole('searchbox').inputValue()).toBe('enamle mug');
    await page.getByRole('link', { name: 'Enamel mug' }).click();
    await page.getByRole('button', { name: 'One more' }).click();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByText('Enamel mug is in your cart.').waitFor();
    await page.getByRole('link', { name: 'Check out' }).click();
    expect(await page.getByLabel('E-mail address').inputValue()).toBe(email);
    await fillAddress(page);
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await page.getByRole('heading', { name: 'Pay with card' }).waitFor();
    await payWith(page, CARD.good);

    await page.getByText('Thank you! We received $36.00').waitFor();
    expect(await page.locator('[aria-current="step"]').textContent()).toBe('Paid');
    await page.getByText('Springfield').waitFor();
    const [order] = await ordersOf(email);
    expect(order).toMatchObject({ status: 'paid', total: { amount: 3600, currency: 'USD' } });
    await page.goto('/cart');
    await page.getByText('Your cart is empty').waitFor();
    await page.goto('/account');
    await page.getByRole('link', { name: String(order.number) }).click();
    await page.getByRole('heading', { name: `Order ${order.number}` }).waitFor();
    await page.context().close();
  });

  test('without JavaScript a guest chooses a size, registers on the way and pays', async () => {
    const page = await shop.visitor({ javaScriptEnabled: false });
    await page.goto('/products/rain-jacket');
    await page.getByRole('radio', { name: /^L\b/ }).check();
    await page.getByRole('button', { name: 'Show price and stock' }).click();
    await page.getByRole('button', { name: 'Sold out' }).waitFor();
    await page.getByRole('radio', { name: /^XL\b/ }).check();
    await page.getByRole('button', { name: 'Show price and stock' }).click();
    await page.getByText('Only 3 left').waitFor();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'Check out' }).click();
    await page.getByRole('link', { name: 'Create an account' }).click();
    const email = await signUp(page);
    expect(new URL(page.url()).pathname).toBe('/checkout');
    await fillAddress(page);
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await payWith(page, CARD.good);
    await page.getByText('Thank you! We received $189.00').waitFor();
    const [order] = await ordersOf(email);
    expect(order.items[0]).toMatchObject({ sku: 'WEA-RJK-XL', quantity: 1 });
    await page.context().close();
  });

  test('a declined card leaves the order waiting, and another card pays it', async () => {
    const page = await shop.visitor();
    await page.goto('/sign-up');
    const email = await signUp(page);
    await addToCart(page, 'task-lamp');
    await checkOut(page);
    await payWith(page, CARD.declined);
    await page.getByText('Your card was declined.').waitFor();
    expect(await page.evaluate('document.activeElement?.role')).toBe('alert');
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await page.getByRole('heading', { name: 'Waiting for payment' }).waitFor();
    await page.getByRole('button', { name: 'Pay now' }).click();
    await payWith(page, CARD.good);
    await page.getByText('Thank you!').waitFor();
    expect(await ordersOf(email)).toHaveLength(1);
    await page.context().close();
  });

  test('an unpaid order is cancelled after a question, and its stock is free again', async () => {
    const page = await shop.visitor();
    await page.goto('/sign-up');
    await signUp(page);
    await addToCart(page, 'canvas-daypack');
    const product = async () => (await shop.api('GET', '/api/products/canvas-daypack')).body;
    const before = (await product()).variants[0].available;
    await checkOut(page);
    expect((await product()).variants[0].available).toBe(before - 1);
    await page.goBack();
    await page.goto('/cart');
    await page.getByRole('link', { name: 'See it and pay' }).click();
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await page.getByRole('button', { name: 'Yes, cancel it' }).click();
    await page.getByText('This order was cancelled.').waitFor();
    expect((await product()).variants[0].available).toBe(before);
    await page.context().close();
  });

  test('while payments are down the order is kept, and can be paid when they are back', async () => {
    const page = await shop.visitor();
    await page.goto('/sign-up');
    await signUp(page);
    await addToCart(page, 'brass-pen');
    await page.goto('/checkout');
    await fillAddress(page);
    await shop.fault({ down: true });
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await page.getByText('Your order is placed and kept for you').waitFor();
    await shop.fault({ clear: true });
    await page.getByRole('button', { name: 'Pay now' }).click();
    await payWith(page, CARD.good);
    await page.getByText('Thank you!').waitFor();
    await page.context().close();
  });
});
