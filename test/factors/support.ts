import { sql } from 'kysely';
import { newId } from '../../src/shared/ids.ts';
import { openBrowser } from '../identity/browser.ts';
import { type IdentityServer, PASSWORD } from '../identity/support.ts';
import { codeOf, keyOn, recoveryCodesOn } from './totp.ts';

/** Lets the proof of a user's sessions be older than it counts. */
export async function letProofsAge(
  shop: Pick<IdentityServer, 'db'>,
  userId: string,
): Promise<void> {
  await shop.db
    .updateTable('sessions')
    .set({ confirmed_at: sql<Date>`now() - interval '11 minutes'` })
    .where('user_id', '=', userId)
    .execute();
}

/** Codes that were used may be used again, so that a test need not wait half a minute. */
export async function forgetUsedCodes(
  shop: Pick<IdentityServer, 'db'>,
  userId: string,
): Promise<void> {
  await shop.db
    .updateTable('totp_secrets')
    .set({ last_step: 0 })
    .where('user_id', '=', userId)
    .execute();
}

/** What people do about second factors, in a shop's pages. */
export function factorSteps(shop: IdentityServer) {
  let last = 0;
  /** Every account comes from a network of its own, so that no limit of one test meets another. */
  const address = () => `10.2.${++last}.1`;

  async function newAccount() {
    const email = `${newId()}@example.org`;
    const { body } = await shop.api('POST', '/api/auth/register', {
      body: { email, password: PASSWORD },
      from: address(),
    });
    return { email, id: String(body.user.id), refreshToken: String(body.refreshToken) };
  }

  async function signIn(email: string) {
    const browser = openBrowser(shop.url);
    await browser.open('/sign-in');
    const answer = await browser.submit('/sign-in', { email, password: PASSWORD });
    return { browser, answer };
  }

  /** An account whose sign-in asks for a code. */
  async function protectedAccount() {
    const account = await newAccount();
    const { browser } = await signIn(account.email);
    await browser.open('/account/two-step');
    await browser.submit('/account/two-step/begin', {});
    const key = keyOn((await browser.open('/account/two-step')).text);
    const { text } = await browser.submit('/account/two-step/confirm', { code: codeOf(key) });
    await forgetUsedCodes(shop, account.id);
    return { ...account, browser, key, recoveryCodes: recoveryCodesOn(text) };
  }

  /** A sign-in by the API up to its second step. */
  async function challenge(email: string, from = address()): Promise<string> {
    const body = { email, password: PASSWORD };
    const answer = await shop.api('POST', '/api/auth/login', { body, from });
    return String(answer.body.challenge);
  }

  const answer = (token: string, code: string, from = address()) =>
    shop.api('POST', '/api/auth/second-factor', { body: { challenge: token, code }, from });

  return {
    address,
    newAccount,
    signIn,
    protectedAccount,
    challenge,
    answer,
  };
}
