import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Permission } from '../../src/shared/permissions.ts';
import { textOf, typedIn } from '../admin/support.ts';
import { letProofsAge } from '../factors/support.ts';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { askAsOwner, browserOf, colleague, PASSWORD, signIn } from './support.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const asOwner = (method: string, path: string, body?: unknown) =>
  askAsOwner(shop, method, path, body);
const address = () => `${randomUUID()}@example.test`;
const mailsTo = async (email: string) =>
  (await shop.mailbox.list()).filter((mail) => mail.to === email);

/** The link in the newest of so many mails to an address, without the shop's own address. */
async function linkTo(email: string, mails = 1): Promise<string> {
  await until(async () => (await mailsTo(email)).length >= mails);
  return (
    /https?:\/\/[^/]+(\/invitation\?token=[\w-]+)/.exec(
      (await mailsTo(email))[0]?.text ?? '',
    )?.[1] ?? ''
  );
}

async function invited(permissions: Permission[] = ['stock:read'], email = address()) {
  const { roleId } = await colleague(shop, permissions);
  const answer = await asOwner('POST', '/api/staff/invitations', { email, role: 'staff', roleId });
  return { email, roleId, id: String(answer.body.id), answer };
}

const tokenOf = (link: string) => link.split('token=')[1] ?? '';

/** Opens the link in a browser of its own and sends its form. */
async function accept(link: string, fields: Record<string, string> = {}) {
  const browser = openBrowser(shop.url);
  const opened = await browser.open(link);
  const form = { token: tokenOf(link), name: 'Grace Hopper', password: PASSWORD, ...fields };
  return { browser, opened, answer: await browser.submit('/invitation', form) };
}

test('somebody who is invited makes an account by the mailed link and works at once', async () => {
  const { email, answer: made, roleId } = await invited();
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ email, role: 'staff', roleId, state: 'waiting' });
  const { browser, opened, answer } = await accept(await linkTo(email));
  expect(opened.text).toContain(email);
  expect([answer.status, answer.location]).toEqual([303, '/admin']);
  expect((await browser.open('/admin/stock')).status).toBe(200);
  expect((await browser.open('/admin/ledger')).status).toBe(403);
  const { body } = await shop.api('GET', '/api/inventory', { token: await signIn(shop, email) });
  expect(body.data).toBeDefined();
});

test('an invitation works once, also for two who send its form at once', async () => {
  const { email } = await invited();
  const link = await linkTo(email);
  const answers = await Promise.all([accept(link), accept(link)]);
  expect(answers.filter(({ answer }) => answer.status === 303)).toHaveLength(1);
  const later = await openBrowser(shop.url).open(link);
  expect([later.status, later.text]).toEqual([404, expect.stringContaining('not valid')]);
});

test('no token is stored in plain, and a wrong one opens nothing', async () => {
  const { email, id } = await invited();
  const token = tokenOf(await linkTo(email));
  const row = await shop.db
    .selectFrom('staff_invitations')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(JSON.stringify(row)).not.toContain(token);
  expect(row.token_hash?.length).toBe(32);
  for (const wrong of ['', '?token=nothing', `?token=${token}x`])
    expect((await openBrowser(shop.url).open(`/invitation${wrong}`)).status).toBe(404);
});

test('sent again, only the newest link works; revoked or expired, none', async () => {
  const { email, id } = await invited();
  const first = await linkTo(email);
  expect((await asOwner('POST', `/api/staff/invitations/${id}/resend`)).status).toBe(200);
  const second = await linkTo(email, 2);
  expect((await openBrowser(shop.url).open(first)).status).toBe(404);
  expect((await openBrowser(shop.url).open(second)).status).toBe(200);
  await shop.db
    .updateTable('staff_invitations')
    .set({ expires_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  expect((await openBrowser(shop.url).open(second)).status).toBe(404);
  const { body } = await asOwner('GET', '/api/staff/invitations?limit=100');
  expect(body.data.find((one: { id: string }) => one.id === id)).toMatchObject({
    state: 'expired',
  });
  await asOwner('POST', `/api/staff/invitations/${id}/resend`);
  const third = await linkTo(email, 3);
  expect((await asOwner('DELETE', `/api/staff/invitations/${id}`)).status).toBe(204);
  expect((await openBrowser(shop.url).open(third)).status).toBe(404);
});

test('an address is invited once, and nobody who works here', async () => {
  const { email, roleId } = await invited();
  const again = { email: email.toUpperCase(), role: 'staff', roleId };
  expect((await asOwner('POST', '/api/staff/invitations', again)).status).toBe(409);
  const working = { ...again, email: shop.admin.email };
  expect((await asOwner('POST', '/api/staff/invitations', working)).status).toBe(409);
});

test.each([
  'grace',
  'jürgen@example.test',
  'grace..hopper@example.test',
  '"grace"@example.test',
  'grace@ex_ample.test',
])('the console invites nobody by %s, with which they could not sign in', async (email) => {
  const browser = await browserOf(shop, shop.admin.email, shop.admin.password);
  await browser.open('/admin/staff');
  const refused = await browser.submit('/admin/staff/invitations', { email, place: 'owner' });
  expect(refused.status).toBe(400);
  expect(textOf(refused.text)).toContain('Type an e-mail address such as grace@example.org.');
  expect(typedIn(refused.text, 'email')).toBe(email);
  const signedIn = await shop.api('POST', '/api/auth/login', { body: { email, password: 'any' } });
  expect(signedIn.body.code).toBe('validation_failed');
});

test('a customer joins with their account once they proved that it is theirs; older sessions end', async () => {
  const customer = await shop.customer();
  await invited(['stock:read'], customer.email);
  const link = await linkTo(customer.email);
  const stranger = await openBrowser(shop.url).open(link);
  expect(stranger.text).toContain('Sign in to it to accept');
  const anew = openBrowser(shop.url);
  await anew.open('/sign-up');
  const form = { token: tokenOf(link), name: 'Not Ada', password: 'another password' };
  expect((await anew.submit('/invitation', form)).status).toBe(409);

  const browser = await browserOf(shop, customer.email);
  await browser.open(link);
  const join = () => browser.submit(`/invitation/join?token=${tokenOf(link)}`, {});
  await letProofsAge(shop, customer.id);
  const asked = await join();
  expect(asked.location).toBe(`/confirm?next=${encodeURIComponent(link)}`);
  await browser.open(String(asked.location));
  const confirmed = await browser.submit(String(asked.location), { password: PASSWORD });
  expect(confirmed.location).toBe(link);
  await browser.open(link);
  const before = new Map(browser.cookies);
  const joined = await join();
  expect([joined.status, joined.location]).toEqual([303, '/admin']);
  expect((await browser.open('/admin/stock')).status).toBe(200);
  const older = await shop.api('GET', '/api/auth/profile', { token: customer.token });
  expect(older.status).toBe(401);
  browser.cookies.clear();
  for (const [name, value] of before) browser.cookies.set(name, value);
  expect((await browser.open('/account')).location).toContain('/sign-in');
});

test('an invitation is of no use to somebody else who is signed in', async () => {
  const { email } = await invited();
  const link = await linkTo(email);
  const other = await shop.customer();
  const browser = await browserOf(shop, other.email);
  expect((await browser.open(link)).text).toContain('You are signed in as');
  const refused = await browser.submit(`/invitation/join?token=${tokenOf(link)}`, {});
  expect(refused.status).toBe(400);
  const { role } = await shop.db
    .selectFrom('users')
    .select('role')
    .where('email', '=', other.email)
    .executeTakeFirstOrThrow();
  expect(role).toBe('customer');
});

test('an invitation is void once whoever sent it could not send it any more', async () => {
  const lead = await colleague(shop, ['staff:read', 'staff:write', 'stock:read']);
  const { roleId } = await colleague(shop, ['stock:read']);
  const email = address();
  const sent = await lead.api('POST', '/api/staff/invitations', { email, role: 'staff', roleId });
  expect(sent.status).toBe(201);
  const link = await linkTo(email);
  await asOwner('PUT', `/api/staff/roles/${lead.roleId}`, {
    name: randomUUID(),
    permissions: ['staff:read', 'staff:write'],
    refundLimits: null,
  });
  expect((await accept(link)).answer.status).toBe(400);
  await asOwner('DELETE', `/api/staff/members/${lead.id}`);
  expect((await accept(link)).answer.status).toBe(400);
  const users = await shop.db.selectFrom('users').select('id').where('email', '=', email).execute();
  expect(users).toEqual([]);
});

test('nobody invites into more than they have, nor revokes such an invitation', async () => {
  const lead = await colleague(shop, ['staff:read', 'staff:write']);
  const { id, roleId } = await invited(['stock:read']);
  const asMember = { email: address(), role: 'staff', roleId };
  expect((await lead.api('POST', '/api/staff/invitations', asMember)).status).toBe(403);
  const asAnOwner = { email: address(), role: 'admin' };
  expect((await lead.api('POST', '/api/staff/invitations', asAnOwner)).status).toBe(403);
  expect((await lead.api('DELETE', `/api/staff/invitations/${id}`)).status).toBe(403);
  expect((await lead.api('POST', `/api/staff/invitations/${id}/resend`)).status).toBe(403);
});
