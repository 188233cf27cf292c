import { randomUUID } from 'node:crypto';
import { openBrowser } from '../identity/browser.ts';

const address = {
  name: 'Ada Byron',
  line1: '1 Mill Lane',
  line2: '',
  postalCode: '12345',
  city: 'Springfield',
  region: '',
  country: 'US',
  phone: '',
};

export const PASSWORD = 'correct horse battery';

export type ShopBrowser = ReturnType<typeof openBrowser>;

/** A browser in which somebody new has just registered. */
export async function registered(url: string | (() => string)) {
  const browser = openBrowser(url);
  const email = `ada-${randomUUID()}@example.test`;
  await browser.open('/sign-up');
  await browser.submit('/sign-up', { email, password: PASSWORD, name: 'Ada' });
  return { browser, email };
}

/** Puts a product into the cart of a browser, from its page. */
export async function addToCart(browser: ShopBrowser, slug: string, quantity = '1') {
  await browser.open(`/products/${slug}`);
  return browser.submit('/cart/items', { product: slug, quantity });
}

/** The checkout form as it is shown, filled in. */
export async function filledForm(browser: ShopBrowser, email: string) {
  const { text } = await browser.open('/checkout');
  const hidden = (name: string) =>
    new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1] ?? '';
  return { key: hidden('key'), items: hidden('items'), total: hidden('total'), email, ...address };
}
