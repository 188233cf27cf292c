import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStorefront, type Storefront } from '../storefront/shopper.ts';
import { describeInBrowser } from '../support/chromium.ts';
import { isPage, type Route, withRoutes } from '../support/routes.ts';
import { hostileHtml } from './hostile-html.ts';

describeInBrowser('pages in the browser', () => {
  let shop: Storefront;
  let routes: Route[];
  beforeAll(async () => {
    const { started, routes: all } = await withRoutes(() => openStorefront());
    shop = started;
    routes = all.filter((route) => isPage(route) && route.method === 'GET');
  });
  afterAll(() => shop.stop());

  /** Notes what a page asks of anybody but the shop, and what it is stopped from. */
  function watch(page: Page): string[] {
    const found: string[] = [];
    const { port } = new URL(shop.url);
    page.on('request', (request) => {
      const { protocol, hostname, port: asked } = new URL(request.url());
      const ours = protocol === 'data:' || (hostname === 'localhost' && asked === port);
      if (!ours) found.push(`${page.url()} asks ${request.url()}`);
    });
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) found.push(message.text());
    });
    page.on('dialog', (dialog) => {
      found.push(`${page.url()} opens a dialog`);
      void dialog.dismiss();
    });
    return found;
  }

  async function signIn(page: Page): Promise<void> {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail address').fill(shop.admin.email);
    await page.getByLabel('Password').fill(shop.admin.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL((url) => url.pathname !== '/sign-in');
  }

  test('every page that stands by itself asks nothing of anybody but the shop', async () => {
    // What has an id in its address is drawn by the same templates; some stand for all.
    const paths = [
      ...routes.map(({ url }) => url).filter((url) => !url.includes(':') && !url.endsWith('.csv')),
      ...[
        '/products/enamel-mug',
        '/categories/kitchen',
        '/search?q=wool',
        '/admin/trail?act=sign_in.succeeded',
      ],
    ].filter((path) => !path.endsWith('/export'));
    expect(paths.length).toBeGreaterThan(40);
    const page = await shop.visitor();
    const found = watch(page);
    for (const path of ['/', '/cart', '/sign-up', '/sign-in', '/forgot-password', '/nowhere'])
      await page.goto(path);
    await signIn(page);
    for (const path of paths) await page.goto(path, { waitUntil: 'load' });
    expect(found).toEqual([]);
    await page.context().close();
  });

  test('no description runs, frames or loads anything, even where no policy would stop it', async () => {
    const token = await shop.adminToken();
    const slugs: string[] = [];
    for (const [index, html] of hostileHtml.entries()) {
      const price = { amount: 100, currency: 'USD' };
      const fields = { title: html.slice(0, 200), description: html, status: 'active', price };
      const body = { ...fields, sku: `A-${index}` };
      slugs.push((await shop.api('POST', '/api/products', { token, body })).body.slug);
    }
    const page = await shop.visitor({ bypassCSP: true });
    const found = watch(page);
    for (const slug of slugs) {
      await page.goto(`/products/${slug}`, { waitUntil: 'load' });
      const active = `[...document.querySelectorAll('*')].filter((one) =>
        one.getAttributeNames().some((name) => name.startsWith('on')) ||
        /^\\s*(javascript|data|vbscript):/i.test(one.getAttribute('href') ?? ''))`;
      const seen = await page.evaluate(`['pwned' in globalThis, ${active}.length]`);
      expect([slug, seen]).toEqual([slug, [false, 0]]);
    }
    expect(found).toEqual([]);
    await page.context().close();
  });
});
