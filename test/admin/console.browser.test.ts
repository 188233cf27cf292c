import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getImport } from '../../src/modules/catalog/import-job.service.ts';
import { areas, type Permission } from '../../src/shared/permissions.ts';
import { setFlag } from '../flags/support.ts';
import { begin } from '../import/support.ts';
import { colleague, PASSWORD } from '../staff/support.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { type SignedIn, signInAdmin } from './console.ts';

test('a Chromium is there for the browser tests', ({ skip }) => {
  skip(!hasChromium && !process.env.CI, 'no Chromium at CHROMIUM_PATH or /usr/bin/chromium');
  expect(hasChromium).toBe(true);
});

describe.skipIf(!hasChromium)('the admin console in Chromium', () => {
  let shop: TestShop;
  let browser: Browser;
  let productId: string;
  let variantId: string;
  let orderId: string;
  let customerId: string;
  let endpointId: string;
  let deliveryId: string;
  let importId: string;
  let signedIn: SignedIn;

  beforeAll(async () => {
    [shop, browser] = await Promise.all([startShop(), launchChromium()]);
    const product = await shop.product({ title: 'Stoneware vase', price: 4850, stock: 7 });
    await shop.product({ title: 'Wall clock', price: 12_900, stock: 2 });
    const customer = await shop.customer();
    const { body } = await shop.order(customer.token, product.variantId, 2);
    await shop.pay(customer.token, body.id);
    await shop.order(customer.token, product.variantId);
    productId = product.id;
    variantId = product.variantId;
    orderId = body.id;
    customerId = customer.id;
    ({ endpointId, deliveryId } = await failingEndpoint());
    importId = await reportedImport();
    const weights = { none: 1, maker: 1 };
    await setFlag(shop, 'related-products', { weights, experiment: true });
    signedIn = await signInAdmin(browser, shop);
  });
  afterAll(async () => {
    await browser.close();
    await shop.stop();
  });

  /** An import that is done, with a product left out and one that is not taken as written. */
  async function reportedImport(): Promise<string> {
    const file = `Handle,Title,Variant Inventory Qty,Variant Price\nbowl,Bowl,-1,9\n${'no-price-'.repeat(15)}x,Cup,1,`;
    const id = await begin(shop.db, file);
    await until(async () => (await getImport(shop.db, id)).state === 'done');
    return id;
  }

  /** An endpoint where nobody answers, with its first delivery tried once. */
  async function failingEndpoint() {
    const token = await shop.adminToken();
    const url = `http://localhost:1/${'a-long-way/'.repeat(12)}`;
    const { body } = await shop.api('POST', '/api/webhook-endpoints', { token, body: { url } });
    await shop.product({ title: 'Linen towel', price: 1200, stock: 1 });
    let tried: { id: string; attempts: number } | undefined;
    await until(async () => {
      const log = await shop.api('GET', `/api/webhook-endpoints/${body.id}/deliveries`, { token });
      tried = log.body.data.find(({ attempts }: { attempts: number }) => attempts > 0);
      return tried !== undefined;
    });
    return { endpointId: String(body.id), deliveryId: String(tried?.id) };
  }

  async function open(path: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ storageState: signedIn, ...options });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${shop.url}${path}`);
    return { page, problems, close: () => context.close() };
  }

  const pages = {
    dashboard: () => '/admin',
    products: () => '/admin/products',
    'new product': () => '/admin/products/new',
    product: () => `/admin/products/${productId}`,
    stock: () => '/admin/stock',
    'stock of a variant': () => `/admin/stock/${variantId}`,
    orders: () => '/admin/orders',
    order: () => `/admin/orders/${orderId}`,
    ledger: () => '/admin/ledger',
    customers: () => '/admin/customers',
    customer: () => `/admin/customers/${customerId}`,
    import: () => '/admin/import',
    'report of an import': () => `/admin/imports/${importId}`,
    'Stripe events': () => '/admin/webhooks',
    endpoints: () => '/admin/endpoints',
    'new endpoint': () => '/admin/endpoints/new',
    endpoint: () => `/admin/endpoints/${endpointId}`,
    delivery: () => `/admin/endpoints/${endpointId}/deliveries/${deliveryId}`,
    'audit trail': () => '/admin/trail',
    flags: () => '/admin/flags',
    flag: () => '/admin/flags/related-products',
    'results of a flag': () => '/admin/flags/related-products/results',
  };
  const narrow = [
    'report of an import',
    'dashboard',
    'product',
    'order',
    'endpoint',
    'audit trail',
    'flag',
  ];
  const cases = Object.entries(pages).map(([name, path]) => ({ name, path }));
  const views = [
    { width: 1280, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark' },
  ] as const;

  async function expectSound(name: string, path: string, options: BrowserContextOptions = {}) {
    const { page, problems, close } = await open(path, options);
    for (const { width, colorScheme } of views) {
      await page.setViewportSize({ width, height: 900 });
      // A colour that is still on its way to another has neither's contrast.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // The same markup twice is checked once; these change most when narrow.
      if (width > 390 || narrow.includes(name)) {
        const { violations, passes } = await new AxeBuilder({ page }).analyze();
        expect(passes.length).toBeGreaterThan(10);
        expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
      }
      const sideways = 'document.documentElement.scrollWidth - innerWidth';
      expect(await page.evaluate(sideways), `${width} px`).toBe(0);
    }
    expect(problems).toEqual([]);
    await close();
  }

  test.each(cases)(
    '$name, wide and light, narrow and dark: accessible, without sideways scrolling, nothing refused by the policy',
    ({ name, path }) => expectSound(name, path()),
  );

  test('names of many letters without a space break, and the page stays as wide as the screen', async () => {
    const W = (letters: number) => 'W'.repeat(letters);
    const token = await shop.adminToken();
    const { body: product } = await shop.api('POST', '/api/products', {
      token,
      body: {
        title: W(255),
        categories: [W(100)],
        variants: [{ options: { [W(100)]: W(255) }, price: { amount: 100, currency: 'USD' } }],
      },
    });
    const { id, roleId } = await colleague(shop, ['staff:read']);
    await shop.db
      .updateTable('users')
      .set({ name: W(100) })
      .where('id', '=', id)
      .execute();
    await shop.db
      .updateTable('staff_roles')
      .set({ name: W(60) })
      .where('id', '=', roleId)
      .execute();
    const { page, close } = await open('/admin');
    for (const path of [
      `/admin/products/${product.id}`,
      `/admin/stock/${product.variants[0].id}`,
      `/admin/customers/${id}`,
      `/admin/staff/${id}`,
      `/admin/roles/${roleId}`,
      `/admin/story?q=${W(200)}`,
      '/account/security',
    ])
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(`${shop.url}${path}`);
        const sideways = 'document.documentElement.scrollWidth - innerWidth';
        expect(await page.evaluate(sideways), `${path} at ${width} px`).toBe(0);
      }
    await close();
    await shop.api('DELETE', `/api/products/${product.id}`, { token });
  });

  test.each<[who: string, names: (keyof typeof pages)[], Permission[]]>([
    [
      'only looks',
      ['product', 'stock of a variant'],
      areas.map((area): Permission => `${area}:read`),
    ],
    ['sees orders alone', ['dashboard'], ['orders:read']],
    ['changes products alone', ['product'], ['catalog:read', 'catalog:write']],
  ])('what is left for who %s is as sound', async (_who, names, permitted) => {
    const { email } = await colleague(shop, permitted);
    const storageState = await signInAdmin(browser, shop, { email, password: PASSWORD });
    for (const name of names) await expectSound(name, pages[name](), { storageState });
  });

  test('sums of several currencies and messages with long addresses break on a narrow screen', async () => {
    const { variantId } = await shop.product({ price: 900_000, stock: 1, currency: 'JPY' });
    const { token } = await shop.customer();
    const { body } = await shop.order(token, variantId);
    await shop.pay(token, body.id);
    const { page, close } = await open('/admin', { viewport: { width: 390, height: 900 } });
    const sideways = 'document.documentElement.scrollWidth - innerWidth';
    expect(await page.getByText('¥900,000 + $').count()).toBeGreaterThan(0);
    expect(await page.evaluate(sideways)).toBe(0);
    await page.goto(`${shop.url}/admin/staff`);
    await page.getByLabel('E-mail address').fill(`${'w'.repeat(64)}@example.test`);
    await page.getByRole('button', { name: 'Send the invitation' }).click();
    await page.getByText('An invitation goes to').waitFor();
    expect(await page.evaluate(sideways)).toBe(0);
    await close();
  });

  test('a refund of too much is refused inside its dialog, and the mended one goes through', async () => {
    const { page, close } = await open(`/admin/orders/${orderId}`);
    await page.getByRole('button', { name: 'Refund' }).click();
    const dialog = page.getByRole('dialog', { name: /^Refund order/ });
    await dialog.getByLabel('Amount in USD').fill('1000');
    await dialog.getByLabel('Reason').fill('A present');
    await dialog.getByRole('button', { name: 'Refund', exact: true }).click();
    await dialog.getByText('At most $97.00 of this order can be refunded.').waitFor();
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('A present');
    await dialog.getByLabel('Amount in USD').fill('7.00');
    await dialog.getByRole('button', { name: 'Refund', exact: true }).click();
    await page.getByText('$7.00 goes back to the customer.').waitFor();
    const { body } = await shop.api('GET', `/api/orders/${orderId}`, {
      token: await shop.adminToken(),
    });
    expect(body.refundedTotal.amount).toBe(700);
    await close();
  });

  test('an order is sent and delivered with the keyboard alone', async () => {
    const { page, close } = await open(`/admin/orders/${orderId}`);
    for (const [act, confirm, done] of [
      ['Fulfil', 'Mark as fulfilled', 'Marked as fulfilled.'],
      ['Deliver', 'Mark as delivered', 'Marked as delivered.'],
    ] as const) {
      await page.getByRole('button', { name: act, exact: true }).press('Enter');
      await page.getByRole('button', { name: confirm }).press('Enter');
      await page.getByText(done).waitFor();
    }
    const { body } = await shop.api('GET', `/api/orders/${orderId}`, {
      token: await shop.adminToken(),
    });
    expect(body.status).toBe('delivered');
    await close();
  });

  test('a product with two variants is made without JavaScript, and filters need none', async () => {
    const { page, close } = await open('/admin/products/new', { javaScriptEnabled: false });
    await page.getByLabel('Title').fill('Wool blanket');
    await page.getByLabel('Status').selectOption('active');
    await page.getByLabel('Option 1 (optional)').fill('Colour');
    for (const [row, colour, price] of [
      [1, 'Grey', '89'],
      [2, 'Rust', '92.50'],
    ] as const) {
      const fields = page.getByRole('group', { name: `New variant, row ${row}` });
      await fields.getByLabel('Option 1').fill(colour);
      await fields.getByLabel('Price').fill(price);
      await fields.getByLabel('On hand').fill('4');
    }
    await page.getByRole('button', { name: 'Create the product' }).click();
    await page.getByText('Wool blanket is in the catalogue.').waitFor();
    expect(await page.getByRole('group', { name: 'Rust' }).getByLabel('Price').inputValue()).toBe(
      '92.50',
    );

    await page.goto(`${shop.url}/admin/products`);
    await page.getByLabel('Search').fill('blanket');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/q=blanket/);
    expect(await page.getByRole('row').count()).toBe(2);
    await close();
  });

  test('on a narrow screen the sections are behind a button, which needs no JavaScript', async () => {
    const viewport = { width: 390, height: 800 };
    const { page, close } = await open('/admin', { viewport, javaScriptEnabled: false });
    const link = page.getByRole('link', { name: 'Audit trail' });
    expect(await link.count()).toBe(0);
    await page.getByRole('button', { name: 'Menu' }).click();
    await link.click();
    await page.getByRole('heading', { name: 'Audit trail' }).waitFor();
    await close();
  });

  test('a file is uploaded and reported on', async () => {
    const { page, close } = await open('/admin/import');
    const content = 'Handle,Title,Variant Price\nfelt-hat,Felt hat,45.00\nno-price,No price,\n';
    await page
      .getByLabel('CSV file')
      .setInputFiles({ name: 'hats.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByText('hats.csv: 1 product left out').waitFor();
    await page.getByRole('row', { name: /no-price/ }).waitFor();
    await page.getByRole('link', { name: 'All imports' }).click();
    await page.getByRole('row', { name: /hats\.csv.*1 left out/ }).waitFor();
    expect((await shop.api('GET', '/api/products/felt-hat')).body.price.amount).toBe(4500);
    await close();
  });
});
