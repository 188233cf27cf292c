import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { removeFactors } from '../../src/modules/factors/enrol.service.ts';
import { openBrowser } from '../identity/browser.ts';
import { type IdentityServer, PASSWORD, startIdentity, tokenIn } from '../identity/support.ts';
import { until } from '../support/until.ts';
import { factorSteps, forgetUsedCodes } from './support.ts';
import { codeOf, keyOn, recoveryCodesOn } from './totp.ts';

let shop: IdentityServer;
let steps: ReturnType<typeof factorSteps>;
beforeAll(async () => {
  shop = await startIdentity({ rateLimit: true });
  steps = factorSteps(shop);
});
afterAll(() => shop.stop());

const subjects = async (email: string) =>
  (await shop.securityMails(email)).map(({ subject }) => subject);

test('codes of an app are set up by scanning or typing a key and typing the first code', async () => {
  const account = await steps.newAccount();
  const { browser } = await steps.signIn(account.email);
  expect((await browser.open('/account/two-step')).text).not.toContain('qr-code');
  await browser.submit('/account/two-step/begin', {});
  const page = (await browser.open('/account/two-step')).text;
  expect(page).toMatch(/<div class="qr-code"[^>]*><svg /);
  const key = keyOn(page);
  expect(key).toMatch(/^[A-Z2-7]{32}$/);
  const wrong = await browser.submit('/account/two-step/confirm', { code: '000000' });
  expect([wrong.status, keyOn(wrong.text)]).toEqual([400, key]);
  const done = await browser.submit('/account/two-step/confirm', { code: codeOf(key) });
  expect(done.status).toBe(200);
  expect(new Set(recoveryCodesOn(done.text)).size).toBe(10);
  // The session that was opened with a password alone has ended, this one goes on.
  const refresh = { refreshToken: account.refreshToken };
  expect((await shop.api('POST', '/api/auth/refresh', { body: refresh })).status).toBe(401);
  const security = await browser.open('/account/security');
  expect(security.text).toContain('10 recovery codes are left');
  expect(await subjects(account.email)).toEqual(['Signing in asks for a code now']);
  // Neither key nor codes are shown again, nor stored in plain.
  expect(keyOn((await browser.open('/account/two-step')).text)).toBe('');
  const { rows } = await sql<{ row: string }>`
    SELECT totp_secrets::text || recovery_codes::text AS row
    FROM totp_secrets JOIN recovery_codes USING (user_id) WHERE user_id = ${account.id}`.execute(
    shop.db,
  );
  expect(rows).toHaveLength(10);
  for (const code of recoveryCodesOn(done.text))
    expect(rows.some(({ row }) => row.includes(Buffer.from(code).toString('hex')))).toBe(false);
});

test('a key that nobody confirmed within ten minutes is worth nothing', async () => {
  const account = await steps.newAccount();
  const { browser } = await steps.signIn(account.email);
  await browser.open('/account/two-step');
  await browser.submit('/account/two-step/begin', {});
  const key = keyOn((await browser.open('/account/two-step')).text);
  await shop.db
    .updateTable('totp_secrets')
    .set({ created_at: sql<Date>`now() - interval '11 minutes'` })
    .where('user_id', '=', account.id)
    .execute();
  const late = await browser.submit('/account/two-step/confirm', { code: codeOf(key) });
  expect([late.status, keyOn(late.text)]).toEqual([409, '']);
  expect((await steps.signIn(account.email)).answer.location).toBe('/');
});

test('a key that another tab begins meanwhile is not the one that a code of the first takes into use', async () => {
  const account = await steps.newAccount();
  const { browser } = await steps.signIn(account.email);
  await browser.open('/account/two-step');
  await browser.submit('/account/two-step/begin', {});
  const key = keyOn((await browser.open('/account/two-step')).text);
  const secret = shop.db
    .selectFrom('totp_secrets')
    .select('confirmed_at')
    .where('user_id', '=', account.id);
  const waiting = (count: number) =>
    until(async () => {
      const { rows } = await sql`
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(shop.db);
      return rows.length === count;
    });
  const { begun, confirmed } = await inTransaction(shop.db, async (tx) => {
    await sql`SELECT FROM totp_secrets WHERE user_id = ${account.id} FOR UPDATE`.execute(tx);
    const begun = browser.submit('/account/two-step/begin', {});
    await waiting(1);
    const confirmed = browser.submit('/account/two-step/confirm', { code: codeOf(key) });
    await waiting(2);
    return { begun, confirmed };
  });
  expect((await begun).status).toBe(303);
  expect((await confirmed).status).toBe(400);
  expect(await secret.executeTakeFirst()).toEqual({ confirmed_at: null });
});

test('signing in on the pages takes a second step, and no session is there before it', async () => {
  const { email, key } = await steps.protectedAccount();
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in?next=%2Fcart');
  const first = await browser.submit('/sign-in?next=%2Fcart', { email, password: PASSWORD });
  expect(first.location).toBe('/sign-in/second-step?next=%2Fcart');
  expect((await browser.open('/account/security')).status).toBe(303);
  await browser.open('/sign-in/second-step?next=%2Fcart');
  const wrong = await browser.submit('/sign-in/second-step?next=%2Fcart', { code: '000000' });
  expect([wrong.status, wrong.text.includes('id="field-code-error"')]).toEqual([401, true]);
  const done = await browser.submit('/sign-in/second-step?next=%2Fcart', {
    code: codeOf(key).replace(/^.../, '$& '),
  });
  expect([done.status, done.location]).toEqual([303, '/cart']);
  expect((await browser.open('/account/security')).status).toBe(200);
  const again = await openBrowser(shop.url).open('/sign-in/second-step');
  expect([again.status, again.text.includes('Begin again')]).toEqual([400, true]);
});

test('signing in by the API answers the password with a challenge, which a code turns into tokens once', async () => {
  const { email, key, id } = await steps.protectedAccount();
  const body = { email, password: PASSWORD };
  const first = await shop.api('POST', '/api/auth/login', { body, from: steps.address() });
  expect(first.status).toBe(401);
  expect(first.headers.get('content-type')).toContain('application/problem+json');
  expect(first.body).toMatchObject({
    code: 'second_factor_required',
    challenge: expect.stringMatching(/^[\w-]{43}$/),
    expiresIn: 600,
  });
  expect(first.body).not.toHaveProperty('accessToken');
  const second = await steps.answer(first.body.challenge, codeOf(key));
  expect(second.status).toBe(200);
  expect(second.body).toMatchObject({ user: { id, email }, accessToken: expect.any(String) });
  await forgetUsedCodes(shop, id);
  expect((await steps.answer(first.body.challenge, codeOf(key))).status).toBe(401);
});

test('no code is taken twice, nor one older than one that was taken', async () => {
  const { email, key } = await steps.protectedAccount();
  const [now, before] = [codeOf(key), codeOf(key, -1)];
  const tokens = await Promise.all([1, 2, 3, 4].map(() => steps.challenge(email)));
  const racing = await Promise.all(tokens.map((token) => steps.answer(token, now)));
  expect(racing.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  const late = await steps.answer(await steps.challenge(email), before);
  expect([late.status, late.body.code]).toEqual([401, 'invalid_credentials']);
});

test('a code of another time than now and the half minutes beside it is refused', async () => {
  const { email, key } = await steps.protectedAccount();
  for (const offset of [-3, 3]) {
    const { status } = await steps.answer(await steps.challenge(email), codeOf(key, offset));
    expect(status).toBe(401);
  }
});

test('a recovery code gets in once, however it is typed, and its owner is told', async () => {
  const { email, recoveryCodes } = await steps.protectedAccount();
  const [code = ''] = recoveryCodes;
  const typed = ` ${code.toUpperCase().replaceAll('-', ' ')} `;
  expect((await steps.answer(await steps.challenge(email), typed)).status).toBe(200);
  expect((await steps.answer(await steps.challenge(email), code)).status).toBe(401);
  expect(await subjects(email)).toContain('A recovery code was used');
});

test('who guesses codes is stopped, the owner is told and gets in by a recovery code meanwhile', async () => {
  const { email, key, id, recoveryCodes } = await steps.protectedAccount();
  const token = await steps.challenge(email);
  const guesses = [];
  // From everywhere at once: no single address makes more than one guess.
  for (let guess = 0; guess < 16; guess += 1)
    guesses.push((await steps.answer(token, String(guess).padStart(6, '0'))).status);
  expect(guesses).toContain(429);
  await forgetUsedCodes(shop, id);
  const right = await steps.answer(await steps.challenge(email), codeOf(key));
  expect([right.status, right.headers.get('retry-after')]).toEqual([
    429,
    expect.stringMatching(/^\d+$/),
  ]);
  const told = (await subjects(email)).filter((subject) => subject.startsWith('Somebody tries'));
  expect(told).toHaveLength(1);
  const byRecovery = await steps.answer(await steps.challenge(email), recoveryCodes[1] ?? '');
  expect(byRecovery.status).toBe(200);
});

test('a password that was reset opens no account that asks for a code, nor what was begun before', async () => {
  const { email, key } = await steps.protectedAccount();
  const begun = await steps.challenge(email);
  await shop.api('POST', '/api/auth/request-reset', { body: { email }, from: steps.address() });
  const [mail] = await shop.sendResetMails();
  const password = 'quite another battery';
  const reset = { token: tokenIn(mail), password };
  await shop.api('POST', '/api/auth/reset-password', { body: reset });
  expect((await steps.answer(begun, codeOf(key))).body.code).toBe('unauthenticated');
  const login = await shop.api('POST', '/api/auth/login', {
    body: { email, password },
    from: steps.address(),
  });
  expect(login.body.code).toBe('second_factor_required');
});

test('new recovery codes replace the old', async () => {
  const { email, browser, recoveryCodes } = await steps.protectedAccount();
  await browser.open('/account/two-step');
  const { text } = await browser.submit('/account/two-step/recovery-codes', {});
  const [fresh = ''] = recoveryCodesOn(text);
  expect(recoveryCodes).not.toContain(fresh);
  const old = await steps.answer(await steps.challenge(email), recoveryCodes[0] ?? '');
  expect(old.status).toBe(401);
  expect((await steps.answer(await steps.challenge(email), fresh)).status).toBe(200);
});

test('switching the codes off ends the other sessions and tells the owner', async () => {
  const { email, key, browser } = await steps.protectedAccount();
  const other = await steps.answer(await steps.challenge(email), codeOf(key));
  await browser.open('/account/two-step');
  const off = await browser.submit('/account/two-step/off', {});
  expect(off.location).toBe('/account/security');
  const { refreshToken } = other.body;
  expect((await shop.api('POST', '/api/auth/refresh', { body: { refreshToken } })).status).toBe(
    401,
  );
  expect((await steps.signIn(email)).answer.location).toBe('/');
  expect(await subjects(email)).toContain('Signing in asks for no code any more');
});

test('an account whose factors were removed signs in by its password alone', async () => {
  const { email, id } = await steps.protectedAccount();
  await inTransaction(shop.db, (tx) => removeFactors(tx, id));
  expect((await steps.signIn(email)).answer.location).toBe('/');
  const left = await shop.db
    .selectFrom('recovery_codes')
    .select('user_id')
    .where('user_id', '=', id)
    .execute();
  expect(left).toEqual([]);
});
