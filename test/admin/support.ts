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

/** What stands in a field on a page. */
export function typedIn(page: string, name: string): string | undefined {
  const input = new RegExp(`<input[^>]* name="${name.replaceAll('.', '\\.')}"[^>]*>`).exec(
    page,
  )?.[0];
  const value = input && / value="([^"]*)"/.exec(input)?.[1];
  return value === undefined ? undefined : decoded(value);
}

/** The fields that the list of errors leads to. */
export function errorLinks(page: string): string[] {
  return [...page.matchAll(/<li><a href="#field-([^"]+)"/g)].map(([, field]) => String(field));
}

/** Where the link to the next page leads. */
export function nextPage(page: string): string | undefined {
  const [, href] = /<a class="[^"]*" href="([^"]+)">Next page/.exec(page) ?? [];
  return href === undefined ? undefined : decoded(href);
}

/** A page's words without its markup. */
export function textOf(page: string): string {
  return decoded(page.replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ');
}

/** Markup with its characters as they are read. */
export function decoded(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** The fields of a product's form as the page has them. */
export async function formOf(
  browser: ReturnType<typeof openBrowser>,
  path: string,
): Promise<Record<string, string>> {
  const { text } = await browser.open(path);
  const fields: Record<string, string> = {};
  for (const [, name = ''] of text.matchAll(/<input[^>]* name="([^"]+)"/g))
    if (!name.endsWith('.remove') && name !== '_csrf') fields[name] = typedIn(text, name) ?? '';
  for (const [, name = '', value = ''] of text.matchAll(
    /<select[^>]* name="([^"]+)"[\s\S]*?value="([^"]*)" selected/g,
  ))
    fields[name] = value;
  for (const [, name = '', value = ''] of text.matchAll(
    /<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)</g,
  ))
    fields[name] = textOf(value).trim();
  return fields;
}
