import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from '../support/chromium.ts';
import { expectSound } from '../support/sound-page.ts';
import {
  addToCart,
  CARD,
  checkOut,
  fillAddress,
  openStorefront,
  payWith,
  type Storefront,
  signUp,
} from './shopper.ts';

const open = [
  '/',
  '/products?sort=price&stock=on',
  '/categories/kitchen',
  '/search?q=wool',
  '/search?q=zzzz',
  '/products/fishermans-jumper',
  '/products/stoneware-vase',
  '/cart',
];

describeInBrowser('every page of the shop', () => {
  let shop: Storefront;
  beforeAll(async () => {
    shop = await openStorefront();
  });
  afterAll(() => shop.stop());

  test('is accessible, fits wide and narrow screens and breaks no rule of the browser', async () => {
    const page = await shop.visitor();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    for (const path of open) await expectSound(page, path);

    await page.goto('/sign-up');
    await signUp(page);
    await addToCart(page, 'enamel-mug');
    for (const path of ['/cart', '/checkout']) await expectSound(page, path);
    await checkOut(page);
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    const order = new URL(page.url()).pathname;
    await expectSound(page, order);
    await page.getByRole('button', { name: 'Pay now' }).click();
    await payWith(page, CARD.good);
    await page.getByText('Thank you!').waitFor();
    for (const path of [order, '/account']) await expectSound(page, path);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('filters and order stay in the address and on the way to the next page', async () => {
    const page = await shop.visitor();
    await page.goto('/products?category=wear&min=20&max=150&sort=-price');
    const titles = await page.getByRole('article').getByRole('heading').allTextContents();
    expect(titles).toEqual(['Fisherman’s jumper', 'Leather belt', 'Heavyweight T-shirt']);
    await page.getByLabel('In stock only').check();
    await page.waitForURL(/stock=on/);
    expect(page.url()).toContain('min=20');
    await page.goto('/products?sort=title');
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.waitForURL(/cursor=/);
    expect(page.url()).toContain('sort=title');
    expect(await page.getByRole('article').getByRole('heading').allTextContents()).toEqual([
      'Woven storage basket',
    ]);
    await page.context().close();
  });

  test('has a title, a description and one canonical address', async () => {
    const page = await shop.visitor();
    await page.goto('/products/enamel-mug?utm_source=letter');
    expect(await page.title()).toBe('Enamel mug · Mainstay');
    const canonical = await page.locator('link[rel=canonical]').getAttribute('href');
    expect(canonical).toMatch(/^http:\/\/localhost:\d+\/products\/enamel-mug$/);
    const description = await page.locator('meta[name=description]').getAttribute('content');
    expect(description?.length).toBeGreaterThan(40);
    expect(description).not.toContain('<');
    await page.context().close();
  });

  test('gives somebody the file of their data again without being loaded anew', async () => {
    const page = await shop.visitor();
    await page.goto('/sign-up');
    await signUp(page);
    await page.goto('/account/data');
    for (const _ of ['first', 'again']) {
      const file = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download my data' }).click();
      expect((await file).suggestedFilename()).toBe('my-data.json');
    }
    await page.context().close();
  });

  test('what does not exist is a 404 page with the way back', async () => {
    const page = await shop.visitor();
    for (const path of [
      '/products/nothing',
      '/categories/nothing',
      '/nothing',
      '/products/wall-clock',
    ]) {
      expect((await page.goto(path))?.status(), path).toBe(404);
      expect(await page.getByRole('link', { name: 'Go to the shop' }).isVisible()).toBe(true);
    }
    await page.context().close();
  });

  test('is no wider than the screen for words without an end, of merchants and of customers', async () => {
    const long = (length: number) => 'W'.repeat(length);
    await shop.api('POST', '/api/products', {
      token: await shop.adminToken(),
      body: {
        ...{ title: long(255), vendor: long(255), slug: 'long-words', categories: [long(100)] },
        description: `<h2>${long(300)}</h2><pre>${long(300)}</pre><ul><li>${long(300)}</li></ul>`,
        variants: [long(255), long(254)].map((value) => ({
          options: { [long(100)]: value },
          sku: long(255),
          price: { amount: 1999, currency: 'USD' },
          stock: 50,
        })),
      },
    });
    const page = await shop.visitor();
    for (const path of ['/', '/products', `/search?q=${long(200)}`, '/products/long-words'])
      await expectSound(page, path);
    await page.goto('/sign-up');
    await signUp(page, { name: long(100), domain: `${'w'.repeat(63)}.${'w'.repeat(63)}.test` });
    await addToCart(page, 'long-words');
    for (const path of ['/cart', '/checkout', '/account']) await expectSound(page, path);
    await page.goto('/checkout');
    await fillAddress(page, { name: long(200), street: long(200) });
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await page.waitForURL('**/pay/**');
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await expectSound(page, new URL(page.url()).pathname);
    await page.context().close();
  });
});
