import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  addToCart,
  CARD,
  checkOut,
  fillAddress,
  openStorefront,
  payWith,
  type Storefront,
  signUp,
} from '../storefront/shopper.ts';
import { describeInBrowser } from '../support/chromium.ts';
import { expectCleanAudit } from '../support/clean.ts';

/** Each of these is an accident that every shop sees daily: it must cost the shopper nothing. */
describeInBrowser('forms sent more than once in the browser', () => {
  let shop: Storefront;
  beforeAll(async () => {
    shop = await openStorefront();
  });
  afterEach(() => expectCleanAudit(shop.db));
  afterAll(() => shop.stop());

  /** Somebody new with a product in the cart. */
  async function shopperWith(slug: string): Promise<{ page: Page; email: string }> {
    const page = await shop.visitor();
    await page.goto('/sign-up');
    const email = await signUp(page);
    await addToCart(page, slug);
    return { page, email };
  }
  /** Orders, payment pages and charges of a shopper. */
  async function boughtBy(email: string) {
    const { body } = await shop.api('GET', '/api/orders?limit=100', {
      token: await shop.adminToken(),
    });
    const ids: string[] = body.data
      .filter((order: { email: string }) => order.email === email)
      .map(({ id }: { id: string }) => id);
    const sessions = await shop.db
      .selectFrom('checkout_sessions')
      .select('stripe_session_id')
      .where('order_id', 'in', ids)
      .execute();
    const { data } = await shop.atStripe('/_test/charges');
    const ours = new Set(sessions.map((session) => session.stripe_session_id));
    const charges = data.filter(({ sessionId }: { sessionId: string }) => ours.has(sessionId));
    return { orders: ids.length, sessions: sessions.length, charges: charges.length };
  }

  test('a double click on “Continue to payment” and on “Pay” makes one order, one page, one charge', async () => {
    const { page, email } = await shopperWith('enamel-mug');
    await page.goto('/checkout');
    await fillAddress(page);
    await page.getByRole('button', { name: 'Continue to payment' }).dblclick();
    await page.waitForURL('**/pay/**');
    await page.getByLabel('Card number').fill(CARD.good);
    await page.getByLabel('Expiry').fill('12 / 40');
    await page.getByLabel('CVC').fill('123');
    await page.getByLabel('Name on card').fill('Ada Byron');
    await page.getByRole('button', { name: /^Pay/ }).dblclick();
    await page.getByText('Thank you!').waitFor();
    expect(await boughtBy(email)).toEqual({ orders: 1, sessions: 1, charges: 1 });
    await page.context().close();
  });

  test('reloading the result page, and going back to send the form again, order nothing more', async () => {
    const { page, email } = await shopperWith('brass-pen');
    await checkOut(page);
    await page.goBack();
    // The form as it was left, from the browser's memory or the shop; where it is gone there is nothing to send.
    const again = page.getByRole('button', { name: 'Continue to payment' });
    if (await again.isVisible()) {
      await fillAddress(page);
      await again.click();
      await page.waitForURL('**/pay/**');
    } else {
      await page.goForward();
    }
    await payWith(page, CARD.good);
    await page.getByText('Thank you!').waitFor();
    await page.reload();
    await page.reload();
    expect(await boughtBy(email)).toEqual({ orders: 1, sessions: 1, charges: 1 });
    await page.context().close();
  });

  test('two tabs with the checkout of one cart lead to the same payment page', async () => {
    const { page, email } = await shopperWith('task-lamp');
    const other = await page.context().newPage();
    for (const tab of [page, other]) {
      await tab.goto('/checkout');
      await fillAddress(tab);
    }
    await Promise.all(
      [page, other].map((tab) => tab.getByRole('button', { name: 'Continue to payment' }).click()),
    );
    await Promise.all([page, other].map((tab) => tab.waitForURL('**/pay/**')));
    expect(other.url()).toBe(page.url());
    await payWith(page, CARD.good);
    await page.getByText('Thank you!').waitFor();
    expect(await boughtBy(email)).toEqual({ orders: 1, sessions: 1, charges: 1 });
    await page.context().close();
  });
});
