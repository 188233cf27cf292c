import { openBrowser } from '../identity/browser.ts';
import { type IdentityServer, PASSWORD } from '../identity/support.ts';
import { type Authenticator, createAuthenticator, type Lies } from './authenticator.ts';
import { factorSteps } from './support.ts';
import { recoveryCodesOn } from './totp.ts';

type Browser = ReturnType<typeof openBrowser>;

/** Where the tests' shop is, as its configuration says. */
export const SHOP = { origin: 'https://shop.example', rpId: 'shop.example' };

/** What people do with passkeys, in a shop's pages. */
export function passkeySteps(shop: IdentityServer) {
  const steps = factorSteps(shop);

  /** What the page's script asks for before it asks the authenticator. */
  async function options(browser: Browser, path: string) {
    const { status, text } = await browser.submit(`${path}/options`, {});
    if (status !== 200) throw new Error(`${path}/options answered ${status}`);
    return JSON.parse(text);
  }

  /** Adds a passkey to the account that is signed in. */
  async function add(browser: Browser, authenticator: Authenticator, lies?: Lies, name = 'Phone') {
    await browser.open('/account/passkeys');
    const asked = await options(browser, '/account/passkeys');
    return browser.submit('/account/passkeys', { name, ...authenticator.create(asked, lies) });
  }

  /** An account with a passkey, signed in by its password. */
  async function accountWithPasskey() {
    const account = await steps.newAccount();
    const { browser } = await steps.signIn(account.email);
    const authenticator = createAuthenticator(SHOP);
    const { status, text } = await add(browser, authenticator);
    if (status !== 200) throw new Error(`adding answered ${status}`);
    return { ...account, browser, authenticator, recoveryCodes: recoveryCodesOn(text) };
  }

  /** A browser on the page where people sign in. */
  async function visitor(path = '/sign-in') {
    const browser = openBrowser(shop.url);
    await browser.open(path);
    return browser;
  }

  /** Signs in by a passkey alone. */
  async function signInBy(authenticator: Authenticator, lies?: Lies) {
    const browser = await visitor();
    const asked = await options(browser, '/sign-in/passkey');
    const answer = await browser.submit('/sign-in/passkey', authenticator.get(asked, lies));
    return { browser, answer };
  }

  /** A sign-in by password up to its second step. */
  async function secondStep(email: string) {
    const browser = await visitor();
    await browser.submit('/sign-in', { email, password: PASSWORD });
    await browser.open('/sign-in/second-step');
    return browser;
  }

  const passkeysOf = (userId: string) =>
    shop.db.selectFrom('passkeys').selectAll().where('user_id', '=', userId).execute();
  const trailOf = (userId: string) =>
    shop.db
      .selectFrom('trail')
      .select(['act', 'detail'])
      .where('subject_id', '=', userId)
      .orderBy('position')
      .execute();

  return {
    ...steps,
    options,
    add,
    accountWithPasskey,
    visitor,
    signInBy,
    secondStep,
    passkeysOf,
    trailOf,
  };
}

/** Whether somebody is signed in in a browser. */
export async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open('/account/security')).status === 200;
}
