import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { openBrowser } from './browser.ts';
import { type IdentityServer, PASSWORD, startIdentity } from './support.ts';

let shop: IdentityServer;
beforeAll(async () => {
  shop = await startIdentity({ rateLimit: true });
});
afterAll(() => shop.stop());

async function newAccount() {
  const email = `${newId()}@example.org`;
  const { body } = await shop.api('POST', '/api/auth/register', {
    body: { email, password: PASSWORD },
    from: address(),
  });
  return { email, id: String(body.user.id), token: String(body.accessToken), body };
}

let last = 0;
/** Every account comes from a network of its own, so that no limit of one test meets another. */
const address = () => `10.1.${++last}.1`;

async function signIn(email: string, password = PASSWORD) {
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  const { status } = await browser.submit('/sign-in', { email, password });
  return { browser, status };
}

const refresh = (refreshToken: string) =>
  shop.api('POST', '/api/auth/refresh', { body: { refreshToken } });
const list = async (token: string, query = '') =>
  (await shop.api('GET', `/api/auth/sessions${query}`, { token })).body;

test('the list has the sessions of the user alone, newest first, and knows which one asks', async () => {
  const [ada, eve] = [await newAccount(), await newAccount()];
  await signIn(ada.email);
  const { data, nextCursor } = await list(ada.token);
  expect(
    data.map(({ kind, current }: { kind: string; current: boolean }) => [kind, current]),
  ).toEqual([
    ['browser', false],
    ['api', true],
  ]);
  expect(nextCursor).toBeNull();
  expect((await list(eve.token)).data).toHaveLength(1);
  const first = await list(ada.token, '?limit=1');
  const second = await list(ada.token, `?limit=1&cursor=${first.nextCursor}`);
  expect([...first.data, ...second.data]).toEqual(data);
});

test('ending a session stops its browser at once; one of somebody else does not exist', async () => {
  const [ada, eve] = [await newAccount(), await newAccount()];
  const { browser } = await signIn(ada.email);
  const [{ id }] = (await list(ada.token)).data;
  const path = `/api/auth/sessions/${id}`;
  expect((await shop.api('DELETE', path, { token: eve.token })).status).toBe(404);
  expect((await browser.open('/account/sessions')).status).toBe(200);
  expect((await shop.api('DELETE', path, { token: ada.token })).status).toBe(204);
  expect((await browser.open('/account/sessions')).location).toMatch(/^\/sign-in/);
  expect((await shop.api('DELETE', path, { token: ada.token })).status).toBe(404);
});

test('ending all others keeps the one that asks', async () => {
  const ada = await newAccount();
  const { browser } = await signIn(ada.email);
  const other = await signIn(ada.email);
  await browser.open('/account/sessions');
  const done = await browser.submit('/account/sessions/end-others', {});
  expect(done.location).toBe('/account/sessions');
  const page = await browser.open('/account/sessions');
  expect(page.text).toContain('2 other sessions are signed out.');
  expect(page.text).not.toContain('Sign out everywhere else');
  expect((await other.browser.open('/account/sessions')).status).toBe(303);
  expect((await refresh(ada.body.refreshToken)).status).toBe(401);
});

test('ending the session of this browser on the page signs it out', async () => {
  const ada = await newAccount();
  const { browser } = await signIn(ada.email);
  const { text } = await browser.open('/account/sessions');
  const row = text.slice(0, text.indexOf('This one')).length;
  const own = /\/account\/sessions\/([0-9a-f-]{36})\/end/.exec(text.slice(row))?.[1];
  expect((await browser.submit(`/account/sessions/${own}/end`, {})).location).toBe('/');
  expect((await browser.open('/account/sessions')).location).toMatch(/^\/sign-in/);
});

test('every sign-in makes a new token, whatever cookie the browser came with', async () => {
  const ada = await newAccount();
  const browser = openBrowser(shop.url);
  browser.cookies.set('mainstay_session', 'planted-by-somebody-else');
  await browser.open('/sign-in');
  await browser.submit('/sign-in', { email: ada.email, password: PASSWORD });
  const first = browser.cookies.get('mainstay_session');
  expect(first).toMatch(/^[\w-]{43}$/);
  await browser.open('/account/sessions');
  await browser.submit('/sign-out', {});
  await browser.open('/sign-in');
  await browser.submit('/sign-in', { email: ada.email, password: PASSWORD });
  expect(browser.cookies.get('mainstay_session')).not.toBe(first);
});

test.each([
  ['customer', '13 days', 200],
  ['customer', '15 days', 303],
  ['admin', '11 hours', 200],
  ['admin', '13 hours', 303],
] as const)('a session of a %s that nobody used for %s answers %i', async (role, idle, status) => {
  const ada = await newAccount();
  await shop.db.updateTable('users').set({ role }).where('id', '=', ada.id).execute();
  const { browser } = await signIn(ada.email);
  await shop.db
    .updateTable('sessions')
    .set({ last_seen_at: sql<Date>`now() - ${idle}::interval` })
    .where('user_id', '=', ada.id)
    .execute();
  expect((await browser.open('/account/sessions')).status).toBe(status);
  // Looking does not revive it.
  expect((await browser.open('/account/sessions')).status).toBe(status);
});

test('a changed password keeps this session, ends the others and tells the owner', async () => {
  const ada = await newAccount();
  const { browser } = await signIn(ada.email);
  const other = await signIn(ada.email);
  await browser.open('/account/password');
  const done = await browser.submit('/account/password', {
    currentPassword: PASSWORD,
    newPassword: 'quite another battery',
  });
  expect([done.status, done.location]).toEqual([303, '/account/sessions']);
  expect((await browser.open('/account/sessions')).status).toBe(200);
  expect((await other.browser.open('/account/sessions')).status).toBe(303);
  expect((await refresh(ada.body.refreshToken)).status).toBe(401);
  expect((await signIn(ada.email)).status).toBe(401);
  expect((await signIn(ada.email, 'quite another battery')).status).toBe(303);
  expect(await shop.securityMails(ada.email)).toMatchObject([
    { subject: 'Your password was changed', to: ada.email },
  ]);
});

test('a password is not changed by who does not know it, who is slowed down as at the sign-in', async () => {
  const ada = await newAccount();
  const from = address();
  const attempt = (currentPassword: string, newPassword = 'quite another battery') =>
    shop.api('POST', '/api/auth/change-password', {
      token: ada.token,
      from,
      body: { currentPassword, newPassword },
    });
  const wrong = await attempt('not the password');
  expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'currentPassword']);
  const same = await attempt(PASSWORD, PASSWORD);
  expect([same.status, same.body.errors[0].path]).toEqual([400, 'newPassword']);
  for (let guess = 0; guess < 4; guess += 1) await attempt(`guess number ${guess}`);
  const slowed = await attempt(PASSWORD);
  expect([slowed.status, slowed.body.code]).toEqual([429, 'rate_limited']);
  expect(await shop.securityMails(ada.email)).toEqual([]);
});
