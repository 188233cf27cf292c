import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../identity/browser.ts';
import { colleague } from '../staff/support.ts';
import type { Lies } from './provider.ts';
import {
  atProvider,
  isSignedIn,
  linksOf,
  person,
  signInBy,
  startShopWithProvider,
} from './support.ts';

let at: Awaited<ReturnType<typeof startShopWithProvider>>;
let grace: Awaited<ReturnType<typeof colleague>>;
beforeAll(async () => {
  at = await startShopWithProvider();
  grace = await colleague(at.shop, ['orders:read']);
});
afterAll(() => at.stop());

const past = Math.floor(Date.now() / 1000) - 3600;
const tampered: [string, Lies][] = [
  ['with the nonce of another sign-in', { claims: { nonce: 'A'.repeat(43) } }],
  ['without a nonce', { claims: { nonce: undefined } }],
  ['for another client', { claims: { aud: 'another-shop' } }],
  ['for two clients, given to the other', { claims: { aud: ['the-shop', 'x'], azp: 'x' } }],
  ['of another issuer', { claims: { iss: 'https://evil.example' } }],
  ['that has run out', { claims: { iat: past, exp: past + 60 } }],
  ['without a subject', { claims: { sub: undefined } }],
  ['signed by another key', { signedBy: 'another key' }],
  ['signed by nobody', { signedBy: 'nobody' }],
  ['signed by the client’s secret', { signedBy: 'the client secret' }],
];

test.each(tampered)('an ID token %s lets nobody in', async (_what, lies) => {
  const { browser, answer } = await signInBy(at, person(grace.email), lies);
  expect([answer.status, answer.text.includes('That did not sign you in')]).toEqual([401, true]);
  expect(await isSignedIn(browser)).toBe(false);
  expect(await linksOf(at.shop, grace.id)).toEqual([]);
});

test.each<[string, Lies, number]>([
  [
    'another issuer, as one mixed up would (RFC 9207)',
    { answer: { iss: 'https://evil.example' } },
    401,
  ],
  ['no issuer, though the provider always names itself', { answer: { iss: null } }, 401],
  ['another state', { answer: { state: 'B'.repeat(43) } }, 400],
  ['no state', { answer: { state: null } }, 400],
  ['no code', { answer: { code: null } }, 401],
  [
    'the word that somebody changed their mind',
    { answer: { code: null, error: 'access_denied' } },
    401,
  ],
])('an answer with %s lets nobody in', async (_what, lies, status) => {
  const { browser, answer } = await signInBy(at, person(grace.email), lies);
  expect([answer.status, answer.text.includes('>Back</a>')]).toEqual([status, true]);
  expect(await isSignedIn(browser)).toBe(false);
});

test('an answer counts once', async () => {
  at.provider.signsIn(person(grace.email, { sub: 'grace' }));
  const browser = openBrowser(at.shop.url);
  const back = await atProvider(browser);
  const thief = openBrowser(at.shop.url);
  for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
  const [one, two] = await Promise.all([browser.open(back), thief.open(back)]);
  expect([one.status, two.status].toSorted()).toEqual([303, 400]);
  await at.shop.db.deleteFrom('provider_accounts').where('user_id', '=', grace.id).execute();
});

test('an answer that was begun in another browser lets nobody in: no link signs others in as somebody', async () => {
  at.provider.signsIn(person(grace.email));
  const back = await atProvider(openBrowser(at.shop.url));
  for (const victim of [openBrowser(at.shop.url), await begun()]) {
    expect((await victim.open(back)).status).toBe(400);
    expect(await isSignedIn(victim)).toBe(false);
  }
  expect(await linksOf(at.shop, grace.id)).toEqual([]);
});

async function begun() {
  const browser = openBrowser(at.shop.url);
  await browser.open('/sign-in/provider');
  return browser;
}

test('a code of another sign-in is worth nothing in one’s own', async () => {
  at.provider.signsIn(person(grace.email));
  const code = (back: string) => new URL(back, at.shop.url).searchParams.get('code') ?? '';
  const stolen = code(await atProvider(openBrowser(at.shop.url)));
  at.provider.signsIn(person('thief@example.test'));
  const thief = openBrowser(at.shop.url);
  const own = await atProvider(thief);
  const answer = await thief.open(own.replace(code(own), stolen));
  expect([answer.status, await isSignedIn(thief)]).toEqual([401, false]);
});

test('an answer that took longer than ten minutes lets nobody in', async () => {
  at.provider.signsIn(person(grace.email));
  const browser = openBrowser(at.shop.url);
  const back = await atProvider(browser);
  await sql`UPDATE challenges SET expires_at = now() WHERE purpose = 'provider'`.execute(
    at.shop.db,
  );
  expect((await browser.open(back)).status).toBe(400);
});

test.each([
  ['says that it has not verified', { email_verified: false }],
  ['does not say that it has verified', { email_verified: undefined }],
  ['says in words alone that it has verified', { email_verified: 'true' }],
])('an address that the provider %s ties no account', async (_what, more) => {
  const { answer } = await signInBy(at, person(grace.email, more));
  expect([answer.status, answer.text.includes('has not verified')]).toEqual([403, true]);
  expect(await linksOf(at.shop, grace.id)).toEqual([]);
});

const accounts = async () => {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM users`.execute(
    at.shop.db,
  );
  return rows[0]?.n;
};

test('strangers and customers are not let in, and no account is made of them', async () => {
  const customer = await at.shop.customer();
  const before = await accounts();
  for (const email of [`${randomUUID()}@example.test`, customer.email]) {
    const { browser, answer } = await signInBy(at, person(email));
    expect([answer.status, answer.text.includes('Only people who work here')]).toEqual([403, true]);
    expect(await isSignedIn(browser)).toBe(false);
  }
  expect(await accounts()).toBe(before);
  expect(await linksOf(at.shop, customer.id)).toEqual([]);
});

test('an invitation joins no account that somebody had made with the address before', async () => {
  const { id, email } = await at.shop.customer();
  const token = await at.shop.adminToken();
  await at.shop.api('POST', '/api/staff/invitations', { token, body: { email, role: 'admin' } });
  expect((await signInBy(at, person(email))).answer.status).toBe(403);
  const { role } = await at.shop.db
    .selectFrom('users')
    .select('role')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(role).toBe('customer');
});

test('an invitation that has run out, or was revoked, lets nobody in', async () => {
  const email = `${randomUUID()}@example.test`;
  const token = await at.shop.adminToken();
  await at.shop.api('POST', '/api/staff/invitations', { token, body: { email, role: 'admin' } });
  await at.shop.db
    .updateTable('staff_invitations')
    .set({ expires_at: sql<Date>`now()` })
    .where('email', '=', email)
    .execute();
  expect((await signInBy(at, person(email))).answer.status).toBe(403);
});

test('an address that is given to somebody else at the provider opens nothing', async () => {
  const { id, email } = await colleague(at.shop, []);
  const first = person(email);
  expect((await signInBy(at, first)).answer.status).toBe(303);
  const successor = await signInBy(at, person(email));
  expect([successor.answer.status, await isSignedIn(successor.browser)]).toEqual([403, false]);
  expect(await linksOf(at.shop, id)).toMatchObject([{ subject: first.sub }]);
});

test('a subject that is tied to one account opens no other, whatever address it has now', async () => {
  const [one, other] = [await colleague(at.shop, []), await colleague(at.shop, [])];
  const somebody = person(one.email);
  await signInBy(at, somebody);
  const { browser } = await signInBy(at, { ...somebody, email: other.email });
  expect((await browser.open('/account/security')).text).not.toContain(other.email);
  expect(await linksOf(at.shop, other.id)).toEqual([]);
});

test('whoever works here no more is not let in, though they are tied', async () => {
  const { id, email } = await colleague(at.shop, []);
  const somebody = person(email);
  await signInBy(at, somebody);
  const place = { role: 'customer' as const, staff_role_id: null };
  await at.shop.db.updateTable('users').set(place).where('id', '=', id).execute();
  const { browser, answer } = await signInBy(at, somebody);
  expect([answer.status, await isSignedIn(browser)]).toEqual([403, false]);
});

test('user info of another subject than the ID token’s is not believed', async () => {
  at.provider.state.emailInIdToken = false;
  const { answer } = await signInBy(at, person(grace.email), { userinfoSub: 'somebody else' });
  at.provider.state.emailInIdToken = true;
  expect(answer.status).toBe(401);
});

test('a provider that breaks down half way is told as such, and may be tried again', async () => {
  const { browser, answer } = await signInBy(at, person(grace.email), { status: 500 });
  expect([answer.status, answer.text.includes('does not answer')]).toEqual([503, true]);
  at.provider.signsIn(person(grace.email));
  expect((await browser.open(await atProvider(browser))).status).toBe(303);
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example'])(
  'after signing in, next=%s leads nowhere else',
  async (next) => {
    const { email } = await colleague(at.shop, []);
    at.provider.signsIn(person(email));
    const browser = openBrowser(at.shop.url);
    const path = `/sign-in/provider?next=${encodeURIComponent(next)}`;
    expect((await browser.open(await atProvider(browser, path))).location).toBe('/admin');
  },
);
