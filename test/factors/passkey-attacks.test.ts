import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IdentityServer, startIdentity } from '../identity/support.ts';
import { createAuthenticator, type Lies } from './authenticator.ts';
import { isSignedIn, passkeySteps, SHOP } from './passkey-support.ts';
import { letProofsAge } from './support.ts';

let shop: IdentityServer;
let steps: ReturnType<typeof passkeySteps>;
let account: Awaited<ReturnType<typeof steps.accountWithPasskey>>;
let stranger: typeof account;
beforeAll(async () => {
  shop = await startIdentity({ rateLimit: true });
  steps = passkeySteps(shop);
  account = await steps.accountWithPasskey();
  stranger = await steps.accountWithPasskey();
});
afterAll(() => shop.stop());

const PRESENT = 0x01;
const VERIFIED = 0x04;
const lies: [string, Lies][] = [
  ['from another site', { origin: 'https://evil.example' }],
  ['from another port of the shop', { origin: 'https://shop.example:8443' }],
  ['from the shop without TLS', { origin: 'http://shop.example' }],
  ['from a subdomain', { origin: 'https://www.shop.example' }],
  ['for another domain', { rpId: 'evil.example' }],
  ['for a challenge that nobody gave', { challenge: 'A'.repeat(43) }],
  ['from a page in a frame', { crossOrigin: true }],
  ['of a person who was not there', { flags: VERIFIED }],
  ['of a person whom nobody verified', { flags: PRESENT }],
];

test.each(lies)('an answer %s signs nobody in', async (_what, lie) => {
  const { browser, answer } = await steps.signInBy(account.authenticator, lie);
  expect([answer.status, answer.text.includes('was not accepted')]).toEqual([401, true]);
  expect(await isSignedIn(browser)).toBe(false);
});

test.each(lies)('an introduction %s adds no passkey', async (_what, lie) => {
  const before = (await steps.passkeysOf(account.id)).length;
  const answer = await steps.add(account.browser, createAuthenticator(SHOP), lie);
  expect([400, 401]).toContain(answer.status);
  expect(await steps.passkeysOf(account.id)).toHaveLength(before);
});

test.each<[string, Lies]>([
  ['an introduction of a passkey as an answer', { type: 'webauthn.create' }],
  ['an answer in the name of another account', { userHandle: 'c29tZWJvZHkgZWxzZQ' }],
  ['an answer of a passkey that nobody has', { id: 'A'.repeat(32) }],
])('%s signs nobody in', async (_what, lie) => {
  expect((await steps.signInBy(account.authenticator, lie)).answer.status).toBe(401);
});

test.each(['signature', 'authenticatorData', 'clientDataJSON'] as const)(
  'an answer whose %s was changed on the way signs nobody in',
  async (part) => {
    const browser = await steps.visitor();
    const answer = account.authenticator.get(await steps.options(browser, '/sign-in/passkey'));
    const bytes = Buffer.from(answer[part], 'base64url');
    bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1;
    const changed = { ...answer, [part]: bytes.toString('base64url') };
    expect((await browser.submit('/sign-in/passkey', changed)).status).toBe(401);
  },
);

test('an answer signed by another key under the id of a known passkey signs nobody in', async () => {
  const forger = createAuthenticator(SHOP);
  const { answer } = await steps.signInBy(forger, {
    id: account.authenticator.id,
    userHandle: Buffer.from(account.id).toString('base64url'),
  });
  expect(answer.status).toBe(401);
});

test('an answer counts once, in whichever browser, also for those that race', async () => {
  const browser = await steps.visitor();
  const answer = account.authenticator.get(await steps.options(browser, '/sign-in/passkey'));
  const racers = await Promise.all([1, 2, 3, 4].map(() => steps.visitor()));
  const answers = await Promise.all(
    racers.map((racer) => racer.submit('/sign-in/passkey', answer)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 401, 401, 401]);
  expect((await browser.submit('/sign-in/passkey', answer)).status).toBe(401);
});

test('a refused answer has used its challenge up', async () => {
  const browser = await steps.visitor();
  const asked = await steps.options(browser, '/sign-in/passkey');
  const wrong = account.authenticator.get(asked, { origin: 'https://evil.example' });
  await browser.submit('/sign-in/passkey', wrong);
  const right = await browser.submit('/sign-in/passkey', account.authenticator.get(asked));
  expect(right.status).toBe(401);
});

test('an answer that took longer than five minutes signs nobody in', async () => {
  const browser = await steps.visitor();
  const asked = await steps.options(browser, '/sign-in/passkey');
  const { rows } = await sql<{ seconds: number }>`
    UPDATE challenges SET expires_at = now() - interval '1 second'
    WHERE purpose = 'passkey_sign_in'
    RETURNING extract(epoch FROM now() - created_at)::float8 AS seconds`.execute(shop.db);
  expect(rows.length).toBeGreaterThan(0);
  const late = await browser.submit('/sign-in/passkey', account.authenticator.get(asked));
  expect(late.status).toBe(401);
});

test('what was asked for one purpose answers no other', async () => {
  const browser = await steps.secondStep(account.email);
  const forStep = await steps.options(browser, '/sign-in/second-step/passkey');
  const asSignIn = account.authenticator.get(forStep);
  expect((await browser.submit('/sign-in/passkey', asSignIn)).status).toBe(401);
  await account.browser.open('/confirm');
  const forSignIn = await steps.options(await steps.visitor(), '/sign-in/passkey');
  const asProof = account.authenticator.get(forSignIn);
  expect((await account.browser.submit('/confirm/passkey', asProof)).status).toBe(401);
});

test('the passkey of another account is no second step and no proof', async () => {
  const browser = await steps.secondStep(account.email);
  const forStep = await steps.options(browser, '/sign-in/second-step/passkey');
  const answer = stranger.authenticator.get(forStep);
  const refused = await browser.submit('/sign-in/second-step/passkey', answer);
  expect([refused.status, refused.text.includes('One more step')]).toEqual([401, true]);
  expect(await isSignedIn(browser)).toBe(false);
  await account.browser.open('/confirm');
  const forProof = await steps.options(account.browser, '/confirm/passkey');
  const proof = stranger.authenticator.get(forProof);
  expect((await account.browser.submit('/confirm/passkey', proof)).status).toBe(401);
});

test('a passkey is no second step without the password before it', async () => {
  const browser = await steps.visitor();
  expect((await browser.submit('/sign-in/second-step/passkey/options', {})).status).toBe(400);
  const asked = await steps.options(
    await steps.secondStep(account.email),
    '/sign-in/second-step/passkey',
  );
  const answer = account.authenticator.get(asked);
  expect((await browser.submit('/sign-in/second-step/passkey', answer)).status).toBe(401);
  expect(await isSignedIn(browser)).toBe(false);
});

test('a counter that goes back is that of a copy: refused, told to the owner once, and in the trail', async () => {
  const { id, email, authenticator } = await steps.accountWithPasskey();
  expect((await steps.signInBy(authenticator, { counter: 9 })).answer.status).toBe(303);
  for (const counter of [9, 8, 0])
    expect((await steps.signInBy(authenticator, { counter })).answer.status).toBe(401);
  const mails = (await shop.securityMails(email)).map(({ subject }) => subject);
  expect(mails.filter((subject) => subject.includes('copied'))).toHaveLength(1);
  const acts = (await steps.trailOf(id)).map(({ act }) => act);
  expect(acts.filter((act) => act === 'passkey.counter_went_back')).toHaveLength(3);
  expect(await steps.passkeysOf(id)).toMatchObject([{ counter: 9 }]);
  expect((await steps.signInBy(authenticator, { counter: 10 })).answer.status).toBe(303);
});

test('a passkey belongs to one account, and to the person who asked for it', async () => {
  const taken = await steps.add(stranger.browser, account.authenticator);
  expect(taken.status).toBe(409);
  await account.browser.open('/account/passkeys');
  const asked = await steps.options(account.browser, '/account/passkeys');
  const made = { name: 'Mine', ...createAuthenticator(SHOP).create(asked) };
  await stranger.browser.open('/account/passkeys');
  expect((await stranger.browser.submit('/account/passkeys', made)).status).toBe(401);
  expect(await steps.passkeysOf(stranger.id)).toHaveLength(1);
});

test('an introduction that brings certificates, or another id than it has, adds no passkey', async () => {
  const certificates = new Map([['x5c', Buffer.from('a certificate')]]);
  const brought = { attestation: certificates };
  for (const lie of [brought, { id: 'B'.repeat(32) }])
    expect((await steps.add(account.browser, createAuthenticator(SHOP), lie)).status).toBe(400);
});

test('an account has twenty passkeys at most, each with a name', async () => {
  const { id, browser } = await steps.accountWithPasskey();
  const nameless = await steps.add(browser, createAuthenticator(SHOP), {}, '   ');
  expect([nameless.status, nameless.text.includes('Give the passkey a name')]).toEqual([400, true]);
  for (let more = 1; more < 20; more += 1) await steps.add(browser, createAuthenticator(SHOP));
  expect((await steps.add(browser, createAuthenticator(SHOP))).status).toBe(409);
  expect(await steps.passkeysOf(id)).toHaveLength(20);
});

test('nobody removes the passkey of another account, nor without a recent proof', async () => {
  const [passkey] = await steps.passkeysOf(account.id);
  const path = `/account/passkeys/${passkey?.id}/remove`;
  await stranger.browser.open('/account/passkeys');
  expect((await stranger.browser.submit(path, {})).status).toBe(404);
  await account.browser.open('/account/passkeys');
  await letProofsAge(shop, account.id);
  const late = await account.browser.submit(path, {});
  expect(late.location).toBe('/confirm?next=%2Faccount%2Fpasskeys');
  expect((await account.browser.submit('/account/passkeys/options', {})).status).toBe(303);
  expect(await steps.passkeysOf(account.id)).toHaveLength(1);
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example', '/..//evil.example'])(
  'a right answer leads nowhere else by next=%s',
  async (next) => {
    const { email, browser: own, authenticator } = await steps.accountWithPasskey();
    const led = async (browser: typeof own, page: string, path: string) => {
      await browser.open(page);
      const answer = authenticator.get(await steps.options(browser, path));
      const done = await browser.submit(`${path}?next=${encodeURIComponent(next)}`, answer);
      return [done.status, done.location];
    };
    expect(await led(own, '/confirm', '/confirm/passkey')).toEqual([303, '/account/security']);
    const visitor = await steps.visitor();
    expect(await led(visitor, '/sign-in', '/sign-in/passkey')).toEqual([303, '/']);
    const second = await steps.secondStep(email);
    const [page, path] = ['/sign-in/second-step', '/sign-in/second-step/passkey'];
    expect(await led(second, page, path)).toEqual([303, '/']);
  },
);

test.each(['/sign-in/passkey', '/account/passkeys', '/confirm/passkey'])(
  '%s answers what is no passkey at all with a refusal',
  async (path) => {
    await account.browser.open('/confirm');
    const nonsense = { id: '!', clientDataJSON: 'AAAA', signature: '', name: 'x' };
    const { status } = await account.browser.submit(path, nonsense);
    expect([303, 400]).toContain(status);
  },
);
