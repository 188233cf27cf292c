import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { seedDemoCatalogue } from '../../src/dev/demo/seed.ts';
import { launchChromium } from '../support/chromium.ts';
import { startShop } from '../support/shop.ts';

export const PASSWORD = 'correct horse battery';
export const CARD = { good: '4242424242424242', declined: '4000000000000002' } as const;

export type Storefront = Awaited<ReturnType<typeof openStorefront>>;

/** A whole shop with the demonstration catalogue, and a browser whose every visitor starts with nothing. */
export async function openStorefront() {
  const shop = await startShop();
  await seedDemoCatalogue(shop.db);
  const browser: Browser = await launchChromium();
  // The address that links and redirects name: cookies of another name for this machine would not come along.
  const baseURL = `http://localhost:${new URL(shop.url).port}`;
  return {
    ...shop,
    async visitor(options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ baseURL, ...options });
      return context.newPage();
    },
    async stop() {
      await browser.close();
      await shop.stop();
    },
  };
}

/** Fills in the sign-up form that is open, with a new address, and returns the address. */
export async function signUp(
  page: Page,
  { name = 'Ada Byron', domain = 'example.test' } = {},
): Promise<string> {
  const email = `ada-${crypto.randomUUID()}@${domain}`;
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-up');
  return email;
}

/** Puts a product into the cart from its page. */
export async function addToCart(page: Page, slug: string): Promise<void> {
  await page.goto(`/products/${slug}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.waitForURL('**/cart');
}

/** Fills in the checkout form's address. */
export async function fillAddress(
  page: Page,
  { name = 'Ada Byron', street = '1 Mill Lane' } = {},
): Promise<void> {
  await page.getByLabel('Full name').fill(name);
  await page.getByLabel('Street and number').fill(street);
  await page.getByLabel('Postal code').fill('12345');
  await page.getByLabel('Town or city').fill('Springfield');
  await page.getByLabel('Country').selectOption('US');
}

/** From the cart to the payment page. */
export async function checkOut(page: Page): Promise<void> {
  await page.goto('/checkout');
  await fillAddress(page);
  await page.getByRole('button', { name: 'Continue to payment' }).click();
  await page.waitForURL('**/pay/**');
}

/** Pays with a card on the payment page that is open. */
export async function payWith(page: Page, card: string): Promise<void> {
  await page.getByLabel('Card number').fill(card);
  await page.getByLabel('Expiry').fill('12 / 40');
  await page.getByLabel('CVC').fill('123');
  await page.getByLabel('Name on card').fill('Ada Byron');
  await page.getByRole('button', { name: /^Pay/ }).click();
}
