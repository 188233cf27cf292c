import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD, registered } from '../storefront/buyer.ts';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

test('a form to sign in that was open while somebody else did says whose account the browser is in', async () => {
  const { email: other } = await registered(shop.url);
  const { browser, email } = await registered(shop.url);
  await browser.open('/account');
  for (const [path, form] of [
    ['/sign-in', { email: other, password: PASSWORD }],
    ['/sign-up', { email: `new-${other}`, password: PASSWORD, name: '' }],
  ] as const) {
    expect(await browser.submit(path, form)).toMatchObject({ status: 303, location: '/' });
    expect((await browser.open('/')).text).toContain(`This browser is signed in as ${email}`);
  }
  await browser.submit('/sign-in', { email: email.toUpperCase(), password: PASSWORD });
  expect((await browser.open('/')).text).not.toContain('This browser is signed in as');
});
