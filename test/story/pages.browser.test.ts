import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SignedIn, signInAdmin } from '../admin/console.ts';
import { describeInBrowser, launchChromium } from '../support/chromium.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { placedOrder, troubleOf } from './support.ts';

const folder = process.env.SCREENSHOTS;

describeInBrowser('the pages for whoever is on call, in Chromium', () => {
  let shop: TestShop;
  let browser: Browser;
  let number: number;
  let signedIn: SignedIn;

  beforeAll(async () => {
    [shop, browser] = await Promise.all([startShop(), launchChromium()]);
    const order = await placedOrder(shop);
    number = order.number;
    const { body } = await order.checkout();
    await shop.payAtStandIn(body.sessionId, '4000000000000002');
    await shop.fault({ drop: 1, match: 'payment_intent.succeeded' });
    await shop.fault({ wrongAmount: true });
    await shop.payAtStandIn(body.sessionId);
    await troubleOf(shop, number, 'stripe_event');
    await shop.fault({ clear: true, down: true });
    const other = await placedOrder(shop);
    await other.checkout();
    await shop.fault({ clear: true });
    await troubleOf(shop, other.number, 'checkout');
    signedIn = await signInAdmin(browser, shop);
  });
  afterAll(async () => {
    await browser.close();
    await shop.stop();
  });

  const pages = {
    story: () => `/admin/story?q=${number}`,
    'search without a result': () => '/admin/story?q=nothing',
    operations: () => '/admin/operations',
    runbook: () => '/admin/runbooks/one-order.md',
  };
  const cases = Object.entries(pages).flatMap(([name, path]) => [
    { name, path, width: 1280, colorScheme: 'light' as const },
    { name, path, width: 390, colorScheme: 'dark' as const },
  ]);

  test.each(cases)(
    '$name at $width px, $colorScheme: accessible, without sideways scrolling',
    async ({ name, path, width, colorScheme }) => {
      const context = await browser.newContext({
        storageState: signedIn,
        colorScheme,
        viewport: { width, height: 900 },
      });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await page.goto(`${shop.url}${path()}`);
      if (folder)
        await page.screenshot({
          path: `${folder}/${name.split(' ', 1)}-${width}.png`,
          fullPage: true,
        });
      const { violations, passes } = await new AxeBuilder({ page }).analyze();
      expect(passes.length).toBeGreaterThan(10);
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      expect(problems).toEqual([]);
      await context.close();
    },
  );

  test('with the keyboard alone: from any page, by the order’s number, to the runbook of what is wrong', async () => {
    const context = await browser.newContext({ storageState: signedIn });
    const page = await context.newPage();
    await page.goto(`${shop.url}/admin/products`);
    const search = page.getByRole('search', { name: 'Story of an order' }).getByRole('searchbox');
    await search.focus();
    await page.keyboard.type(String(number));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `Story of order ${number}` }).waitFor();
    const trouble = page.getByRole('listitem').filter({ hasText: 'is parked for a person' });
    await trouble.getByRole('link', { name: 'Runbook' }).press('Enter');
    await page.getByRole('heading', { name: 'Parked money' }).waitFor();
    await context.close();
  });
});
