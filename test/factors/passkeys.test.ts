import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IdentityServer, PASSWORD, startIdentity } from '../identity/support.ts';
import { createAuthenticator } from './authenticator.ts';
import { isSignedIn, passkeySteps, SHOP } from './passkey-support.ts';
import { letProofsAge } from './support.ts';
import { codeOf, recoveryCodesOn } from './totp.ts';

let shop: IdentityServer;
let steps: ReturnType<typeof passkeySteps>;
beforeAll(async () => {
  shop = await startIdentity({ rateLimit: true });
  steps = passkeySteps(shop);
});
afterAll(() => shop.stop());

const subjects = async (email: string) =>
  (await shop.securityMails(email)).map(({ subject }) => subject);

test('a passkey is added under a name, the first with recovery codes, and other sessions end', async () => {
  const account = await steps.newAccount();
  const { browser } = await steps.signIn(account.email);
  await browser.open('/account/passkeys');
  const asked = await steps.options(browser, '/account/passkeys');
  expect(asked).toMatchObject({
    rp: { id: 'shop.example', name: 'Mainstay' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    user: { name: account.email },
  });
  const authenticator = createAuthenticator(SHOP);
  const made = { name: ' My <phone> ', ...authenticator.create(asked) };
  const added = await browser.submit('/account/passkeys', made);
  expect([added.status, recoveryCodesOn(added.text).length]).toEqual([200, 10]);
  const refresh = { refreshToken: account.refreshToken };
  expect((await shop.api('POST', '/api/auth/refresh', { body: refresh })).status).toBe(401);
  for (const path of ['/account/security', '/account/passkeys'])
    expect((await browser.open(path)).text).toContain('My &#60;phone&#62;');
  expect(await steps.passkeysOf(account.id)).toMatchObject([
    { name: 'My <phone>', transports: ['internal', 'hybrid'], last_used_at: null },
  ]);
  expect(await subjects(account.email)).toEqual(['A passkey was added to your account']);
  expect(await steps.trailOf(account.id)).toEqual([
    { act: 'factor.added', detail: { factor: 'passkey' } },
  ]);
});

test('a second passkey ends no session and makes no new recovery codes', async () => {
  const account = await steps.accountWithPasskey();
  const { browser: other } = await steps.signInBy(account.authenticator);
  const more = await steps.add(account.browser, createAuthenticator(SHOP), {}, 'Key');
  expect([more.status, more.location]).toEqual([303, '/account/passkeys']);
  expect(await isSignedIn(other)).toBe(true);
});

test('a passkey signs in without a password, past every second step, and is noted as used', async () => {
  const { id, authenticator } = await steps.accountWithPasskey();
  const browser = await steps.visitor('/sign-in?next=%2Fcart');
  const asked = await steps.options(browser, '/sign-in/passkey');
  expect(asked).toMatchObject({ allowCredentials: [], userVerification: 'required' });
  const path = '/sign-in/passkey?next=%2Fcart';
  const done = await browser.submit(path, authenticator.get(asked));
  expect([done.status, done.location]).toEqual([303, '/cart']);
  expect(await isSignedIn(browser)).toBe(true);
  const [passkey] = await steps.passkeysOf(id);
  expect(passkey).toMatchObject({ counter: 1, last_used_at: expect.any(Date) });
  const sessions = await shop.db
    .selectFrom('sessions')
    .select('passkey_id')
    .where('user_id', '=', id)
    .where('passkey_id', 'is not', null)
    .execute();
  expect(sessions).toEqual([{ passkey_id: passkey?.id }]);
});

test('after the password, a passkey of the account is the second step', async () => {
  const { email, authenticator } = await steps.accountWithPasskey();
  const browser = await steps.secondStep(email);
  expect(await isSignedIn(browser)).toBe(false);
  const page = await browser.open('/sign-in/second-step');
  expect(page.text).toContain('data-passkey="get"');
  const asked = await steps.options(browser, '/sign-in/second-step/passkey');
  expect(asked.allowCredentials).toMatchObject([{ id: authenticator.id, type: 'public-key' }]);
  const answer = authenticator.get(asked);
  const done = await browser.submit('/sign-in/second-step/passkey', answer);
  expect([done.status, done.location]).toEqual([303, '/']);
  expect(await isSignedIn(browser)).toBe(true);
});

test('without JavaScript, a recovery code is the second step of an account with passkeys alone', async () => {
  const { email, recoveryCodes } = await steps.accountWithPasskey();
  const browser = await steps.secondStep(email);
  const page = await browser.open('/sign-in/second-step');
  // The form of the passkey is there for the script alone.
  expect(page.text).toMatch(/<form [^>]*hidden[^>]*data-passkey/);
  expect(page.text).toContain('Recovery code');
  const done = await browser.submit('/sign-in/second-step', { code: recoveryCodes[0] ?? '' });
  expect(done.location).toBe('/');
});

test('an account without a passkey is not offered one as its second step', async () => {
  const { email, key } = await steps.protectedAccount();
  const browser = await steps.secondStep(email);
  expect((await browser.open('/sign-in/second-step')).text).not.toContain('data-passkey');
  const done = await browser.submit('/sign-in/second-step', { code: codeOf(key) });
  expect(done.location).toBe('/');
});

test('a passkey confirms that it is they, for its own session alone', async () => {
  const { id, browser, authenticator } = await steps.accountWithPasskey();
  const { browser: other } = await steps.signInBy(authenticator);
  await letProofsAge(shop, id);
  const path = '/confirm?next=%2Faccount%2Fpasskeys';
  expect((await browser.open('/account/passkeys')).location).toBe(path);
  expect((await browser.open(path)).text).toContain('data-options="/confirm/passkey/options"');
  const asked = await steps.options(browser, '/confirm/passkey');
  // The answer to what one session was asked is worth nothing in another.
  await other.open('/confirm');
  const elsewhere = await other.submit('/confirm/passkey', authenticator.get(asked));
  expect(elsewhere.status).toBe(401);
  const again = await steps.options(browser, '/confirm/passkey');
  const done = await browser.submit(
    '/confirm/passkey?next=%2Faccount%2Fpasskeys',
    authenticator.get(again),
  );
  expect([done.status, done.location]).toEqual([303, '/account/passkeys']);
  expect((await browser.open('/account/passkeys')).status).toBe(200);
  expect((await other.open('/account/passkeys')).status).toBe(303);
});

test('a removed passkey signs nobody in, and other sessions that it opened end', async () => {
  const { id, email, browser, authenticator } = await steps.accountWithPasskey();
  const other = createAuthenticator(SHOP);
  await steps.add(browser, other, {}, 'Other');
  const { browser: byPasskey } = await steps.signInBy(authenticator);
  const { browser: byOther } = await steps.signInBy(other);
  const [passkey] = await steps.passkeysOf(id);
  await browser.open('/account/passkeys');
  const removed = await browser.submit(`/account/passkeys/${passkey?.id}/remove`, {});
  expect(removed.location).toBe('/account/passkeys');
  expect(await isSignedIn(byPasskey)).toBe(false);
  expect(await isSignedIn(byOther)).toBe(true);
  expect(await isSignedIn(browser)).toBe(true);
  expect((await steps.signInBy(authenticator)).answer.status).toBe(401);
  expect(await subjects(email)).toContain('A passkey of yours was removed');
  expect((await steps.trailOf(id)).at(-1)).toEqual({
    act: 'factor.removed',
    detail: { factor: 'passkey' },
  });
});

test('with the last second factor the recovery codes go, and signing in asks for the password alone', async () => {
  const { id, email, browser } = await steps.accountWithPasskey();
  const [passkey] = await steps.passkeysOf(id);
  await browser.open('/account/passkeys');
  await browser.submit(`/account/passkeys/${passkey?.id}/remove`, {});
  const left = shop.db.selectFrom('recovery_codes').selectAll().where('user_id', '=', id);
  expect(await left.execute()).toEqual([]);
  const visitor = await steps.visitor();
  expect((await visitor.submit('/sign-in', { email, password: PASSWORD })).location).toBe('/');
});

test('a passkey that does not count answers again and again', async () => {
  const { authenticator } = await steps.accountWithPasskey();
  for (let time = 0; time < 3; time += 1)
    expect((await steps.signInBy(authenticator, { counter: 0 })).answer.status).toBe(303);
});

test('the API signs in by a passkey', async () => {
  const { id, authenticator } = await steps.accountWithPasskey();
  const asked = await shop.api('POST', '/api/auth/passkey/options');
  expect(asked.status).toBe(200);
  const body = authenticator.get(asked.body);
  const done = await shop.api('POST', '/api/auth/passkey', { body });
  expect(done.body).toMatchObject({ user: { id }, accessToken: expect.any(String) });
  const again = await shop.api('POST', '/api/auth/passkey', { body });
  expect([again.status, again.body.code]).toEqual([401, 'invalid_credentials']);
});
