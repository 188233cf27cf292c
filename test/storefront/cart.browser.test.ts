import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from '../support/chromium.ts';
import { addToCart, openStorefront, PASSWORD, type Storefront, signUp } from './shopper.ts';

describeInBrowser('the cart in the browser', () => {
  let shop: Storefront;
  beforeAll(async () => {
    shop = await openStorefront();
  });
  afterAll(() => shop.stop());

  test('what a guest carries joins the cart they left when they sign in', async () => {
    const first = await shop.visitor();
    await first.goto('/sign-up');
    const email = await signUp(first);
    await addToCart(first, 'enamel-mug');
    await first.context().close();

    const page = await shop.visitor();
    await addToCart(page, 'enamel-mug');
    await addToCart(page, 'brass-pen');
    await page.goto('/sign-in?next=/cart');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL('**/cart');
    expect(await page.getByLabel('Quantity of Enamel mug').inputValue()).toBe('2');
    expect(await page.getByLabel('Quantity of Brass ballpoint pen').inputValue()).toBe('1');
    await page.context().close();
  });

  test('a product that is sold out says so in the list and on its page, and cannot be added', async () => {
    const page = await shop.visitor();
    await page.goto('/categories/home');
    const card = page.getByRole('article').filter({ hasText: 'Stoneware vase' });
    expect(await card.getByText('Sold out').isVisible()).toBe(true);
    await card.getByRole('link').click();
    expect(await page.getByRole('button', { name: 'Sold out' }).isDisabled()).toBe(true);
    await page.goto('/categories/home?stock=on');
    expect(await page.getByText('Stoneware vase').count()).toBe(0);
    await page.context().close();
  });

  test('a form whose answer was not waited for can be sent again', async () => {
    const page = await shop.visitor();
    await page.goto('/products/brass-pen');
    const slow = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    let sent = 0;
    await page.route('**/cart/items', async (route) => {
      sent += 1;
      first.resolve();
      if (sent === 1) await slow.promise;
      await route.continue().catch(() => {});
    });
    const add = page.getByRole('button', { name: 'Add to cart' });
    await add.click({ noWaitAfter: true });
    await first.promise;
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Page.stopLoading');
    await add.click({ noWaitAfter: true });
    await page.getByText('is in your cart.').waitFor();
    expect(sent).toBe(2);
    slow.resolve();
    await page.context().close();
  });

  test('choosing a variant shows its stock at once and keeps the focus on the choice', async () => {
    const page = await shop.visitor();
    await page.goto('/products/fishermans-jumper');
    await page.getByLabel('XL').check();
    await page.getByLabel('Navy').check();
    await page.getByRole('button', { name: 'Sold out' }).waitFor();
    expect(await page.evaluate('document.activeElement.value')).toBe('Navy');
    expect(page.url()).toContain('option-0=XL');
    await page.getByLabel('Ecru').check();
    await page.getByText('Only 2 left').waitFor();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByText('XL / Ecru', { exact: true }).waitFor();
    await page.context().close();
  });

  test('without scripts a choice is looked at by an address that can be passed on, and then bought', async () => {
    const page = await shop.visitor({ javaScriptEnabled: false });
    await page.goto('/products/fishermans-jumper');
    await page.getByLabel('Ecru').check();
    await page.getByRole('button', { name: 'Show price and stock of this choice' }).click();
    await page.waitForURL(/option-1=Ecru/);
    expect(page.url()).not.toContain('_csrf');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.waitForURL('**/cart');
    await page.getByText('S / Ecru', { exact: true }).waitFor();
    await page.context().close();
  });

  test('each choice keeps a name of its own, in any script, while others are chosen', async () => {
    const sizes = ['红', '蓝', '36', '36½', 'A+', 'A'];
    await shop.api('POST', '/api/products', {
      token: await shop.adminToken(),
      body: {
        ...{ title: 'Slippers', slug: 'slippers' },
        variants: sizes.map((Size, index) => ({
          options: { Size },
          price: { amount: 1000 + index, currency: 'USD' },
          stock: 5,
        })),
      },
    });
    const page = await shop.visitor();
    await page.goto('/products/slippers');
    for (const [index, size] of sizes.entries()) {
      await page.getByRole('radio', { name: size, exact: true }).check();
      await page.getByText(`$10.0${index}`).waitFor();
      expect(await page.locator('.choice label').allTextContents()).toEqual(sizes);
    }
    await page.context().close();
  });

  test('quantities change, too many is said beside the line, and a line can be removed', async () => {
    const page = await shop.visitor();
    await addToCart(page, 'fishermans-jumper');
    await page.getByLabel('Quantity of Fisherman').fill('500');
    await page.getByRole('button', { name: 'Update' }).click();
    await page.getByText('Only 6 left: lower the quantity.').waitFor();
    expect(await page.getByRole('link', { name: 'Check out' }).count()).toBe(0);
    await page.getByLabel('Quantity of Fisherman').fill('2');
    await page.getByRole('button', { name: 'Update' }).click();
    await page.getByRole('link', { name: 'Check out' }).waitFor();
    expect(await page.locator('.totals > div:last-child').textContent()).toContain('$276.00');
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Your cart is empty').waitFor();
    await page.context().close();
  });
});
