import { accessTable } from '../attacks/access-tables.ts';
import type { openBrowser } from '../identity/browser.ts';
import { decoded } from './support.ts';

/** Pages and forms of one kind that are looked at: the shop has an order in each of three states. */
const OF_A_KIND = 3;

/** `POST /admin/orders/:id/paid` and all the others; those without a parameter first, as they are matched first. */
export const consoleRoutes = Object.values(accessTable)
  .flat()
  .filter((route) => / \/admin/.test(route))
  .sort((a, b) => a.split(':').length - b.split(':').length);
const patterns = consoleRoutes.map(
  (route) => [route, new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`)] as const,
);

/**
 * Follows every link of the console and sends every form, and changes nothing: what a form asks for is sent empty, and
 * one that asks for nothing is sent without its token, which is looked at after the permission.
 */
export async function crawl(browser: ReturnType<typeof openBrowser>) {
  const seen = new Map<string, Set<string>>();
  const refused: string[] = [];
  const isNew = (method: string, address: string) => {
    const route = routeOf(method, address);
    const addresses = seen.get(route) ?? new Set();
    seen.set(route, addresses);
    if (addresses.has(address) || addresses.size >= OF_A_KIND) return false;
    addresses.add(address);
    return true;
  };

  const waiting = ['/admin'];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (!isNew('GET', path)) continue;
    const { status, text, location } = await browser.open(path);
    if (status === 403 || location !== null) refused.push(`${path} ${status} ${location}`);
    const { links, forms } = waysFrom(text);
    waiting.push(...links);
    for (const { address, asks } of forms) {
      if (!isNew('POST', address)) continue;
      const answer = await browser.submit(address, asks ? {} : { _csrf: '' });
      const allowed = asks ? answer.status === 400 : answer.text.includes(TOKEN_MISSING);
      if (!allowed) refused.push(`${path} has the form ${address} ${answer.status}`);
    }
  }
  return { routes: new Set(seen.keys()), refused };
}

const TOKEN_MISSING = 'expired or came from another site';

function routeOf(method: string, address: string): string {
  const name = `${method} ${address.replace(/\?.*/, '')}`;
  const [route] = patterns.find(([, pattern]) => pattern.test(name)) ?? [];
  if (route === undefined) throw new Error(`${name} is no route of the console`);
  return route;
}

/** What a page leads to. A form that looks something up is a link whose question is left out. */
function waysFrom(page: string) {
  const links = [...page.matchAll(/<a\b[^>]*\bhref="(\/admin[^"]*)"/g)].map(([, href]) => href);
  const forms: { address: string; asks: boolean }[] = [];
  for (const [, attributes = '', content = ''] of page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
    const action = decoded(/\baction="(\/admin[^"]*)"/.exec(attributes)?.[1] ?? '');
    if (action === '') continue;
    if (!attributes.includes('method="post"')) links.push(action);
    else forms.push({ address: action.replace(/\?.*/, ''), asks: ASKING.test(content) });
  }
  return { links: links.map((href = '') => decoded(href).replace(/#.*/, '')), forms };
}

const ASKING = /<(select|textarea|input(?! type="hidden"))\b/;
