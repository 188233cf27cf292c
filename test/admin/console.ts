import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { TestShop } from '../support/shop.ts';

export type SignedIn = NonNullable<BrowserContextOptions['storageState']>;

/** Signs the administrator in by the page, or a colleague of theirs, and gives what a browser then keeps. */
export async function signInAdmin(
  browser: Browser,
  shop: TestShop,
  { email, password } = shop.admin,
): Promise<SignedIn> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${shop.url}/sign-in?next=/admin`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL('**/admin');
  const signedIn = await context.storageState();
  await context.close();
  return signedIn;
}
