import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { type IdentityServer, PASSWORD, startIdentity, tokenIn } from './support.ts';

let shop: IdentityServer;
beforeAll(async () => {
  shop = await startIdentity();
});
afterAll(() => shop.stop());

const post = (path: string, body: unknown) => shop.api('POST', `/api/auth/${path}`, { body });
const NEW_PASSWORD = 'an entirely new password';

async function newAccount() {
  const email = `${newId()}@example.org`;
  const { body } = await post('register', { email, password: PASSWORD });
  return { email, userId: body.user.id as string, refreshToken: body.refreshToken as string };
}

async function resetToken(email: string): Promise<string> {
  await post('request-reset', { email });
  const [mail] = await shop.sendResetMails();
  expect(mail?.to).toBe(email);
  return tokenIn(mail);
}

test('asking for a reset is answered alike for everybody, and mails only those with an account', async () => {
  const { email } = await newAccount();
  const known = await post('request-reset', { email });
  const unknown = await post('request-reset', { email: 'nobody@example.org' });
  expect(known.status).toBe(202);
  expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
  const mails = await shop.sendResetMails();
  expect(mails.map(({ to }) => to)).toEqual([email]);
  expect(mails[0]?.text).toMatch(/https:\/\/shop\.example\/reset-password\?token=[\w-]{43}\n/);
});

test('asking repeatedly before the mail is sent sends one', async () => {
  const { email } = await newAccount();
  for (const spelling of [email, email.toUpperCase(), email])
    await post('request-reset', { email: spelling });
  expect(await shop.sendResetMails()).toHaveLength(1);
});

test('a mailed token sets the password once and ends every session', async () => {
  const { email, userId, refreshToken } = await newAccount();
  const token = await resetToken(email);
  expect((await post('reset-password', { token, password: NEW_PASSWORD })).status).toBe(200);

  expect((await post('login', { email, password: PASSWORD })).status).toBe(401);
  expect((await post('login', { email, password: NEW_PASSWORD })).status).toBe(200);
  expect((await post('refresh', { refreshToken })).status).toBe(401);
  const again = await post('reset-password', { token, password: PASSWORD });
  expect([again.status, again.body.errors[0].path]).toEqual([400, 'token']);
  const events = await shop.db
    .selectFrom('outbox_events')
    .select('type')
    .where('aggregate_id', '=', userId)
    .where('type', '=', 'user.password_reset')
    .execute();
  expect(events).toHaveLength(1);
});

test('of two links of one user, used at the same time, one sets the password', async () => {
  const { email } = await newAccount();
  const tokens = [await resetToken(email), await resetToken(email)];
  const results = await Promise.all(
    [...tokens, ...tokens].map((token, index) =>
      post('reset-password', { token, password: `${NEW_PASSWORD} ${index}` }),
    ),
  );
  const winners = results.flatMap(({ status }, index) => (status === 200 ? [index] : []));
  expect(results.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
  const password = `${NEW_PASSWORD} ${winners[0]}`;
  expect((await post('login', { email, password })).status).toBe(200);
});

test('a token is refused after an hour, and a made-up one always', async () => {
  const { email, userId } = await newAccount();
  const token = await resetToken(email);
  const { minutes } = await shop.db
    .selectFrom('password_resets')
    .select(sql<number>`round(extract(epoch from expires_at - now()) / 60)::int`.as('minutes'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  expect(minutes).toBe(60);
  await shop.db
    .updateTable('password_resets')
    .set({ expires_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .execute();
  expect((await post('reset-password', { token, password: NEW_PASSWORD })).status).toBe(400);
  const made = await post('reset-password', { token: 'x'.repeat(43), password: NEW_PASSWORD });
  expect(made.status).toBe(400);
  expect((await post('login', { email, password: PASSWORD })).status).toBe(200);
});

test('no session begins on the old password once it was reset', async () => {
  const { email, userId } = await newAccount();
  const token = await resetToken(email);
  const [, ...logins] = await Promise.all([
    post('reset-password', { token, password: NEW_PASSWORD }),
    ...Array.from({ length: 6 }, () => post('login', { email, password: PASSWORD })),
  ]);
  const { live } = await shop.db
    .selectFrom('sessions')
    .select(sql<number>`count(*)`.as('live'))
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  expect(logins.every(({ status }) => status === 200 || status === 401)).toBe(true);
  expect(live).toBe(0);
});
