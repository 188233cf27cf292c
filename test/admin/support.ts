import { openBrowser } from '../identity/browser.ts';
import type { TestShop } from '../support/shop.ts';

/** A browser without a screen in which the administrator is signed in. */
export async function openConsole(shop: TestShop) {
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  const { status } = await browser.submit('/sign-in', shop.admin);
  if (status !== 303) throw new Error(`signing in answered ${status}`);
  return browser;
}

/** The value of a hidden field on a page. */
export function hidden(page: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
}

/** A page's words without its markup. */
export function textOf(page: string): string {
  return page
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;|&apos;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');
}
