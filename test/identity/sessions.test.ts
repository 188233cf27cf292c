import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { sweepIdentity } from '../../src/modules/identity/account.service.ts';
import {
  createBrowserSession,
  endSession,
  sessionOf,
} from '../../src/modules/identity/session.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { type IdentityServer, PASSWORD, startIdentity } from './support.ts';

let shop: IdentityServer;
beforeAll(async () => {
  shop = await startIdentity();
});
afterAll(() => shop.stop());

const refresh = (refreshToken: string) =>
  shop.api('POST', '/api/auth/refresh', { body: { refreshToken } });

async function newSession() {
  const { body } = await shop.api('POST', '/api/auth/register', {
    body: { email: `${newId()}@example.org`, password: PASSWORD },
  });
  return body as { user: { id: string; email: string; name: string }; refreshToken: string };
}

test('a refresh returns new tokens, and the new refresh token works in its turn', async () => {
  const first = await newSession();
  const second = await refresh(first.refreshToken);
  expect(second.status).toBe(200);
  expect(second.body.user).toEqual(first.user);
  expect(second.body.refreshToken).not.toBe(first.refreshToken);
  const profile = await shop.api('GET', '/api/auth/profile', { token: second.body.accessToken });
  expect(profile.status).toBe(200);
  expect((await refresh(second.body.refreshToken)).status).toBe(200);
});

test('using a refresh token again is refused and ends its whole family, but no other', async () => {
  const { refreshToken, user } = await newSession();
  const elsewhere = await shop.api('POST', '/api/auth/login', {
    body: { email: user.email, password: PASSWORD },
  });
  const second = await refresh(refreshToken);
  const reuse = await refresh(refreshToken);
  expect([reuse.status, reuse.body.code]).toEqual([401, 'invalid_credentials']);
  expect((await refresh(second.body.refreshToken)).status).toBe(401);
  expect((await refresh(elsewhere.body.refreshToken)).status).toBe(200);
});

test('of parallel refreshes with one token one succeeds, and the family has ended', async () => {
  const { refreshToken } = await newSession();
  const results = await Promise.all(Array.from({ length: 8 }, () => refresh(refreshToken)));
  const winners = results.filter(({ status }) => status === 200);
  expect(winners).toHaveLength(1);
  expect((await refresh(winners[0]?.body.refreshToken)).status).toBe(401);
});

test('after logout the refresh token is refused; logging out again changes nothing', async () => {
  const { refreshToken } = await newSession();
  const body = { refreshToken };
  expect((await shop.api('POST', '/api/auth/logout', { body })).status).toBe(204);
  expect((await refresh(refreshToken)).status).toBe(401);
  expect((await shop.api('POST', '/api/auth/logout', { body })).status).toBe(204);
});

test('a session that is refreshed is used, though nobody sends its access tokens', async () => {
  const { user, refreshToken } = await newSession();
  const daysLater = (days: number) =>
    sql`UPDATE sessions SET last_seen_at = last_seen_at - make_interval(days => ${days})
      WHERE user_id = ${user.id}`.execute(shop.db);
  await daysLater(13);
  const second = await refresh(refreshToken);
  await daysLater(13);
  const third = await refresh(second.body.refreshToken);
  expect(third.status).toBe(200);
  const profile = await shop.api('GET', '/api/auth/profile', { token: third.body.accessToken });
  expect(profile.status).toBe(200);
});

const days = (expiry: 'refresh_tokens.expires_at' | 'sessions.expires_at') =>
  sql<number>`round(extract(epoch from ${sql.ref(expiry)} - now()) / 86400)::int`;

test('a refresh token ends after 14 idle days and its session 90 days after the login', async () => {
  const { user, refreshToken } = await newSession();
  const lifetimes = await shop.db
    .selectFrom('refresh_tokens')
    .innerJoin('sessions', 'sessions.id', 'session_id')
    .select([
      days('refresh_tokens.expires_at').as('idle'),
      days('sessions.expires_at').as('absolute'),
    ])
    .where('user_id', '=', user.id)
    .execute();
  expect(lifetimes).toEqual([{ idle: 14, absolute: 90 }]);

  await shop.db
    .updateTable('refresh_tokens')
    .from('sessions')
    .set({ expires_at: sql<Date>`now()` })
    .whereRef('sessions.id', '=', 'session_id')
    .where('user_id', '=', user.id)
    .execute();
  expect((await refresh(refreshToken)).status).toBe(401);
});

test('a refresh never reaches beyond the end of its session', async () => {
  const { user, refreshToken } = await newSession();
  await shop.db
    .updateTable('sessions')
    .set({ expires_at: sql<Date>`now() + interval '3 days'` })
    .where('user_id', '=', user.id)
    .execute();
  await refresh(refreshToken);
  const next = await shop.db
    .selectFrom('refresh_tokens')
    .innerJoin('sessions', 'sessions.id', 'session_id')
    .select(days('refresh_tokens.expires_at').as('idle'))
    .where('user_id', '=', user.id)
    .where('used_at', 'is', null)
    .execute();
  expect(next).toEqual([{ idle: 3 }]);
});

test('no token is stored in plain', async () => {
  const { refreshToken } = await newSession();
  const rows = await shop.db.selectFrom('refresh_tokens').select('token_hash').execute();
  expect(rows.every(({ token_hash }) => token_hash.length === 32)).toBe(true);
  expect(rows.some(({ token_hash }) => token_hash.toString('utf8').includes(refreshToken))).toBe(
    false,
  );
});

test('a browser session names its user until it is ended, revoked or expired', async () => {
  const { user } = await newSession();
  const open = () =>
    inTransaction(shop.db, (tx) =>
      createBrowserSession(tx, { ...user, role: 'customer' }, 'Firefox'),
    );
  const [ended, expired] = [await open(), await open()];
  expect(await sessionOf(shop.db, ended.token)).toEqual({
    userId: user.id,
    email: user.email,
    name: user.name,
    role: 'customer',
    sessionId: ended.principal.sessionId,
    permissions: new Set(),
  });
  await endSession(shop.db, ended.token);
  expect(await sessionOf(shop.db, ended.token)).toBeNull();
  await shop.db
    .updateTable('sessions')
    .set({ expires_at: sql<Date>`now()` })
    .where('id', '=', expired.principal.sessionId)
    .execute();
  expect(await sessionOf(shop.db, expired.token)).toBeNull();
  expect(await sessionOf(shop.db, 'a token that nobody has')).toBeNull();
});

test('the use of a browser session is noted at most once a minute', async () => {
  const { user } = await newSession();
  const { token, principal } = await inTransaction(shop.db, (tx) =>
    createBrowserSession(tx, { ...user, role: 'customer' }, undefined),
  );
  const lastSeen = (shift?: string) =>
    shift === undefined
      ? shop.db
          .selectFrom('sessions')
          .select('last_seen_at')
          .where('id', '=', principal.sessionId)
          .executeTakeFirstOrThrow()
      : shop.db
          .updateTable('sessions')
          .set({ last_seen_at: sql<Date>`now() - ${shift}::interval` })
          .where('id', '=', principal.sessionId)
          .returning('last_seen_at')
          .executeTakeFirstOrThrow();

  const recent = await lastSeen('5 seconds');
  await sessionOf(shop.db, token);
  expect(await lastSeen()).toEqual(recent);
  const old = await lastSeen('70 seconds');
  await sessionOf(shop.db, token);
  expect((await lastSeen()).last_seen_at.getTime()).toBeGreaterThan(old.last_seen_at.getTime());
});

test('sessions are removed a week after they ended, live ones stay', async () => {
  const [gone, stays] = [await newSession(), await newSession()];
  await shop.db
    .updateTable('sessions')
    .set({ revoked_at: sql<Date>`now() - interval '8 days'` })
    .where('user_id', '=', gone.user.id)
    .execute();
  await sweepIdentity(shop.db);
  const left = await shop.db.selectFrom('sessions').select('user_id').execute();
  const users = left.map((session) => session.user_id);
  expect(users).toContain(stays.user.id);
  expect(users).not.toContain(gone.user.id);
});

test('an access token ends with its session: at logout, and when its family is revoked', async () => {
  const profile = async (token: string) =>
    (await shop.api('GET', '/api/auth/profile', { token })).status;
  const { body } = await shop.api('POST', '/api/auth/register', {
    body: { email: `${newId()}@example.org`, password: PASSWORD },
  });
  expect(await profile(body.accessToken)).toBe(200);
  await shop.api('POST', '/api/auth/logout', { body: { refreshToken: body.refreshToken } });
  expect(await profile(body.accessToken)).toBe(401);

  const reused = await shop.api('POST', '/api/auth/login', {
    body: { email: body.user.email, password: PASSWORD },
  });
  const { refreshToken, accessToken } = reused.body;
  expect(await profile(accessToken)).toBe(200);
  await refresh(refreshToken);
  await refresh(refreshToken);
  expect(await profile(accessToken)).toBe(401);
});
