import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from '../staff/support.ts';
import { describeInBrowser, launchChromium } from '../support/chromium.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { expectSound } from '../support/sound-page.ts';

/** Chromium with an authenticator of its own, which knows its owner without asking anybody. */
describeInBrowser('passkeys in the browser', () => {
  let shop: TestShop;
  let chromium: Browser;
  let origin: string;
  beforeAll(async () => {
    [shop, chromium] = await Promise.all([startShop(), launchChromium()]);
    origin = shop.url.replace('127.0.0.1', 'localhost');
  });
  afterAll(async () => {
    await chromium.close();
    await shop.stop();
  });

  async function withAuthenticator(page: Page) {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { devtools, authenticatorId };
  }

  async function visit(options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
    const context = await chromium.newContext({ baseURL: origin, ...options });
    return context.newPage();
  }

  async function signInByPassword(page: Page, email: string) {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  async function addPasskey(page: Page, name: string) {
    await page.goto('/account/passkeys');
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.waitForLoadState();
  }

  const heading = (page: Page, name: string) =>
    page.getByRole('heading', { name, level: 1 }).waitFor();
  const userVerification = (
    devtools: CDPSession,
    authenticatorId: string,
    isUserVerified: boolean,
  ) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });

  test('a passkey is added, signs in, is a second step and a proof, and is removed', async () => {
    const { email } = await shop.customer();
    const page = await visit();
    const refused: string[] = [];
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    const { devtools, authenticatorId } = await withAuthenticator(page);
    await signInByPassword(page, email);
    await addPasskey(page, 'Laptop');
    await heading(page, 'Your recovery codes');
    await page.goto('/account/passkeys');
    await page.getByRole('heading', { name: 'Laptop' }).waitFor();
    const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toMatchObject([{ rpId: 'localhost', isResidentCredential: true }]);

    // The same device again: the browser itself says that it has one.
    await addPasskey(page, 'Laptop again');
    await page.getByRole('alert').getByText('has a passkey of your account already').waitFor();

    await page.context().clearCookies();
    await page.goto('/sign-in?next=%2Faccount%2Fsecurity');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await heading(page, 'Signing in');
    await page.getByText('last used').waitFor();
    for (const path of ['/account/passkeys', '/confirm']) await expectSound(page, path);

    await page.context().clearCookies();
    await signInByPassword(page, email);
    await heading(page, 'One more step');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(`${origin}/`);

    await shop.db
      .updateTable('sessions')
      .set({ confirmed_at: new Date(0) })
      .execute();
    await page.goto('/account/passkeys');
    await heading(page, 'Confirm that it is you');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await heading(page, 'Passkeys');

    await page.getByRole('button', { name: 'Remove Laptop' }).click();
    await page.getByRole('button', { name: 'Yes, remove it' }).click();
    await page.getByText('The passkey is removed.').waitFor();
    await page.context().clearCookies();
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await heading(page, 'This passkey was not accepted');
    // Nothing of it met the pages' content security policy.
    expect(refused.filter((text) => /policy|refused to/i.test(text))).toEqual([]);
    await page.context().close();
  });

  test('whoever is not known to their authenticator is told, and may try again', async () => {
    const { email } = await shop.customer();
    const page = await visit();
    const { devtools, authenticatorId } = await withAuthenticator(page);
    await signInByPassword(page, email);
    await userVerification(devtools, authenticatorId, false);
    await addPasskey(page, 'Laptop');
    await page.getByRole('alert').getByText('try again').waitFor();
    await userVerification(devtools, authenticatorId, true);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await heading(page, 'Your recovery codes');
    await page.context().close();
  });

  test('a proof that ran out while the page was open leads to the page that asks for one', async () => {
    const { email } = await shop.customer();
    const page = await visit();
    await withAuthenticator(page);
    await signInByPassword(page, email);
    await page.goto('/account/passkeys');
    await shop.db
      .updateTable('sessions')
      .set({ confirmed_at: new Date(0) })
      .execute();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await heading(page, 'Confirm that it is you');
    expect(page.url()).toBe(`${origin}/confirm?next=%2Faccount%2Fpasskeys`);
    await page.context().close();
  });

  test('without JavaScript no passkey is offered, and the password signs in', async () => {
    const { email } = await shop.customer();
    const page = await visit({ javaScriptEnabled: false });
    await page.goto('/sign-in');
    expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible()).toBe(
      false,
    );
    await signInByPassword(page, email);
    await page.waitForURL(`${origin}/`);
    await page.goto('/account/passkeys');
    expect(await page.getByRole('button', { name: 'Add a passkey' }).isVisible()).toBe(false);
    await page.getByText('needs JavaScript').waitFor();
    await page.context().close();
  });
});
