import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { until } from '../support/until.ts';
import { gallery } from './gallery.ts';

const origin = 'http://shop.test';
const types: Readonly<Record<string, string>> = {
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
};

describe.skipIf(!hasChromium)('the design system in Chromium', () => {
  let browser: Browser;
  const sent: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** Opens a gallery page served from memory, with the strict policy that forbids inline styles and scripts. */
  async function open(path: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext(options);
    const problems: string[] = [];
    await context.route('**/*', async (route) => {
      const url = new URL(route.request().url());
      if (url.origin !== origin) problems.push(`third party: ${url}`);
      if (route.request().method() === 'POST') sent.push(url.pathname);
      // Without content the browser stays on the page, as it does while a slow answer is on its way.
      if (url.pathname === '/sent') return route.fulfill({ status: 204 });
      const page = gallery[url.pathname];
      const body = page
        ? String(page)
        : await readFile(new URL(`../../public${url.pathname}`, import.meta.url)).catch(() => '');
      const contentType = types[url.pathname.split('.')[1] ?? ''] ?? 'text/html';
      const headers = { 'content-security-policy': "default-src 'self'" };
      await route.fulfill({ body, contentType, headers });
    });
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${origin}${path}`);
    return { page, problems };
  }

  const cases = Object.keys(gallery).flatMap((path) => [
    { path, width: 1280, colorScheme: 'light' as const },
    { path, width: 390, colorScheme: 'dark' as const },
  ]);

  test.each(cases)(
    '$path at $width px, $colorScheme: accessible, no sideways scrolling, nothing refused by the policy',
    async ({ path, width, colorScheme }) => {
      const { page, problems } = await open(path, {
        colorScheme,
        viewport: { width, height: 900 },
      });
      const { violations, passes } = await new AxeBuilder({ page }).analyze();
      expect(passes.length).toBeGreaterThan(10);
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );

  test('a dangerous act asks in a dialog, and keeping things as they are sends nothing', async () => {
    const { page } = await open('/store');
    await page.getByRole('button', { name: 'Cancel order' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel order 1042?' });
    await dialog.getByRole('button', { name: 'Keep as it is' }).click();
    expect(await dialog.isVisible()).toBe(false);
    expect(sent).not.toContain('/cancelled');
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await dialog.getByRole('button', { name: 'Cancel it' }).click();
    await page.waitForURL('**/cancelled');
    expect(sent).toContain('/cancelled');
    await page.context().close();
  });

  test('without JavaScript a dangerous act still takes two steps', async () => {
    const { page } = await open('/store', { javaScriptEnabled: false });
    const confirm = page.getByRole('button', { name: 'Cancel it' });
    expect(await confirm.isVisible()).toBe(false);
    await page.locator('summary', { hasText: 'Cancel order' }).click();
    await confirm.click();
    await page.waitForURL('**/cancelled');
    await page.context().close();
  });

  test('the quantity buttons stay within the limits of the field', async () => {
    const { page } = await open('/store');
    const more = page.getByRole('button', { name: 'One more' });
    await more.click();
    expect(await page.getByLabel('Quantity').inputValue()).toBe('2');
    expect(await more.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'One fewer' }).click();
    expect(await page.getByRole('button', { name: 'One fewer' }).isDisabled()).toBe(true);
    await page.context().close();
  });

  test('a second click does not send a form twice', async () => {
    const { page } = await open('/store');
    await page.getByLabel('Email').fill('ada@example.com');
    const send = page.getByRole('button', { name: 'Send' });
    await send.click();
    await send.click({ force: true });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    // What a click sends may come to the route after the click.
    await until(() => sent.includes('/sent'));
    expect(sent.filter((path) => path === '/sent')).toHaveLength(1);
    await page.context().close();
  });

  test('errors get the focus, and a notice can be dismissed', async () => {
    const { page } = await open('/store');
    expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('alert');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.getByText('Saved.').count()).toBe(0);
    await page.context().close();
  });
});

function overflow(page: Page): Promise<number> {
  return page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}
