import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { colleague } from '../staff/support.ts';
import { describeInBrowser, launchChromium } from '../support/chromium.ts';
import { expectSound } from '../support/sound-page.ts';
import { person, startShopWithProvider } from './support.ts';

/** The provider is another site: cookies and content security policy have to let people go there and come back. */
describeInBrowser('single sign-on in the browser', () => {
  let at: Awaited<ReturnType<typeof startShopWithProvider>>;
  let chromium: Browser;
  beforeAll(async () => {
    [at, chromium] = await Promise.all([startShopWithProvider(), launchChromium()]);
  });
  afterAll(async () => {
    await chromium.close();
    await at.stop();
  });

  test('somebody of the staff goes to the provider by a button and comes back to the console', async () => {
    const { email } = await colleague(at.shop, ['orders:read']);
    at.provider.signsIn(person(email));
    const origin = at.shop.url.replace('127.0.0.1', 'localhost');
    const page = await (await chromium.newContext({ baseURL: origin })).newPage();
    const refused: string[] = [];
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    await expectSound(page, '/sign-in?next=/admin/orders');
    await page.getByRole('link', { name: 'Staff sign-in with Okta' }).click();
    await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor();
    expect(refused).toEqual([]);
    await expectSound(page, '/account/security');
    await page.getByRole('link', { name: 'Change', exact: true }).click();
    await page.getByRole('button', { name: 'Untie' }).click();
    await page.getByRole('button', { name: 'Yes, untie it' }).click();
    await page.getByText('Your account is untied.').waitFor();
    await page.context().close();
  });
});
