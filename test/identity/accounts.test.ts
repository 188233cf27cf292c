import { hash } from '@node-rs/argon2';
import bcrypt from 'bcryptjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureAdmin } from '../../src/modules/identity/account.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { type IdentityServer, PASSWORD, startIdentity } from './support.ts';

let shop: IdentityServer;
beforeAll(async () => {
  shop = await startIdentity();
});
afterAll(() => shop.stop());

const register = (body: unknown) => shop.api('POST', '/api/auth/register', { body });
const login = (body: unknown) => shop.api('POST', '/api/auth/login', { body });
/** Nothing stands beside the passwords of these accounts. */
const none = async () => undefined;
const eventsOf = (id: string) =>
  shop.db.selectFrom('outbox_events').select('type').where('aggregate_id', '=', id).execute();

test('registering makes a customer, signs them in and records one event', async () => {
  const { status, body } = await register({ email: 'Ada@Example.org', password: PASSWORD });
  expect(status).toBe(201);
  expect(body).toEqual({
    user: { id: expect.any(String), email: 'ada@example.org', name: 'ada', role: 'customer' },
    accessToken: expect.any(String),
    refreshToken: expect.any(String),
    expiresIn: 900,
  });
  expect(await eventsOf(body.user.id)).toEqual([{ type: 'user.registered' }]);
});

test('an address in other letters is the same account: registering it again conflicts', async () => {
  await register({ email: 'twice@example.org', password: PASSWORD });
  const second = await register({ email: 'TWICE@example.org', password: PASSWORD });
  expect([second.status, second.body.code]).toEqual([409, 'conflict']);
});

test('ten people racing for one address make one account', async () => {
  const results = await Promise.all(
    Array.from({ length: 10 }, () => register({ email: 'race@example.org', password: PASSWORD })),
  );
  expect(results.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
});

test.each([
  ['a short password', { email: 'x@example.org', password: 'short' }],
  ['a password of 201 characters', { email: 'x@example.org', password: 'p'.repeat(201) }],
  ['no e-mail address', { email: 'nobody', password: PASSWORD }],
  ['a role', { email: 'x@example.org', password: PASSWORD, role: 'admin' }],
  ['an address of the erased', { email: 'erased-1@erased.invalid', password: PASSWORD }],
  ['a number as password', { email: 'x@example.org', password: 12345678 }],
  ['a NUL character', { email: 'x@example.org', password: 'long\0enough' }],
])('registering with %s is refused', async (_what, body) => {
  const response = await register(body);
  expect([response.status, response.body.code]).toEqual([400, 'validation_failed']);
});

test('signing in with a wrong password and with an unknown account is answered alike', async () => {
  await register({ email: 'known@example.org', password: PASSWORD });
  const wrong = await login({ email: 'known@example.org', password: 'not the password' });
  const unknown = await login({ email: 'unknown@example.org', password: 'not the password' });
  const { correlationId: _1, ...first } = wrong.body;
  const { correlationId: _2, ...second } = unknown.body;
  expect(wrong.status).toBe(401);
  expect(first.code).toBe('invalid_credentials');
  expect(first).toEqual(second);
});

test('the log tells who signed in and whom somebody failed to sign in as, by id alone', async () => {
  const { body } = await register({ email: 'logged@example.org', password: PASSWORD });
  shop.log.length = 0;
  await login({ email: 'logged@example.org', password: PASSWORD });
  await login({ email: 'logged@example.org', password: 'not the password' });
  const lines = shop.log.map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { msg: 'signed in', userId: body.user.id },
    { msg: 'sign-in refused', userId: body.user.id },
  ]);
  expect(shop.log.join()).not.toContain('logged@example.org');
});

test.each([
  ['bcrypt $2b$', () => bcrypt.hash(PASSWORD, 4)],
  ['bcrypt $2y$', async () => (await bcrypt.hash(PASSWORD, 4)).replace('$2b$', '$2y$')],
  ['bcrypt $2a$', async () => (await bcrypt.hash(PASSWORD, 4)).replace('$2b$', '$2a$')],
  ['argon2id of weaker parameters', () => hash(PASSWORD, { memoryCost: 8192, timeCost: 1 })],
])('a password hashed with %s still works and is hashed anew at sign-in', async (_kind, make) => {
  const email = `${newId()}@example.org`;
  const user = { id: newId(), email, name: 'Old', password_hash: await make() };
  await shop.db.insertInto('users').values(user).execute();
  const hashNow = () =>
    shop.db
      .selectFrom('users')
      .select('password_hash')
      .where('id', '=', user.id)
      .executeTakeFirstOrThrow();

  expect((await login({ email, password: 'not the password' })).status).toBe(401);
  expect((await hashNow()).password_hash).toBe(user.password_hash);
  expect((await login({ email, password: PASSWORD })).status).toBe(200);
  expect((await hashNow()).password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect((await login({ email, password: PASSWORD })).status).toBe(200);
});

test('the profile shows the signed-in user and their recent orders', async () => {
  const { body } = await register({ email: 'me@example.org', password: PASSWORD, name: 'Me' });
  const profile = await shop.api('GET', '/api/auth/profile', { token: body.accessToken });
  const user = { ...body.user, createdAt: expect.stringMatching(/Z$/) };
  expect(profile.status).toBe(200);
  expect(profile.body).toEqual({ ...user, user, recentOrders: [{ of: body.user.id }] });
});

test('the configured administrator is made once, and keeps the password they chose', async () => {
  const admin = { email: 'Boss@example.org', password: 'first password' };
  await Promise.all([ensureAdmin(shop.db, admin, none), ensureAdmin(shop.db, admin, none)]);
  await ensureAdmin(shop.db, { ...admin, password: 'second password' }, none);
  const { body } = await login({ email: 'boss@example.org', password: 'first password' });
  expect(body.user.role).toBe('admin');
  expect(await eventsOf(body.user.id)).toEqual([{ type: 'user.registered' }]);
});

test('who registered the address of the configured administrator before is shut out of what it becomes', async () => {
  const { body } = await register({ email: 'rise@example.org', password: PASSWORD });
  const admin = { email: 'rise@example.org', password: 'of the operator' };
  const without: string[] = [];
  await ensureAdmin(shop.db, admin, async (_tx, userId) => {
    without.push(userId);
  });
  expect(without).toEqual([body.user.id]);
  expect((await login({ email: admin.email, password: PASSWORD })).status).toBe(401);
  const { refreshToken } = body;
  const refreshed = await shop.api('POST', '/api/auth/refresh', { body: { refreshToken } });
  expect(refreshed.status).toBe(401);
  const after = await login(admin);
  expect(after.body.user.role).toBe('admin');
  expect(await eventsOf(body.user.id)).toEqual([
    { type: 'user.registered' },
    { type: 'user.role_changed' },
  ]);
});
