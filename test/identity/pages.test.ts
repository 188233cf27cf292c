import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { openBrowser } from './browser.ts';
import { type IdentityServer, PASSWORD, startIdentity, tokenIn } from './support.ts';

let shop: IdentityServer;
beforeAll(async () => {
  shop = await startIdentity();
});
afterAll(() => shop.stop());

const SESSION = 'mainstay_session';

async function newAccount(): Promise<string> {
  const email = `${newId()}@example.org`;
  await shop.api('POST', '/api/auth/register', { body: { email, password: PASSWORD } });
  return email;
}

test('signing up makes an account, signs in, tells the cart, and goes where one came from', async () => {
  const browser = openBrowser(shop.url);
  const form = await browser.open('/sign-up?next=%2Fcart');
  expect(form.text).toContain('autocomplete="new-password"');
  const email = `${newId()}@example.org`;
  const done = await browser.submit('/sign-up?next=%2Fcart', {
    email,
    password: PASSWORD,
    name: '',
  });
  expect([done.status, done.location]).toEqual([303, '/cart']);
  expect(shop.merged.at(-1)?.email).toBe(email);
  const cookie = done.set.find((line) => line.startsWith(SESSION));
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Lax/);
  expect((await browser.open('/sign-in')).location).toBe('/');
});

test('a wrong password shows the form again with the address typed and no password', async () => {
  const email = await newAccount();
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  const refused = await browser.submit('/sign-in', { email, password: 'not the password' });
  expect(refused.status).toBe(401);
  expect(refused.text).toContain('E-mail address or password is wrong.');
  expect(refused.text).toContain(`value="${email}"`);
  expect(refused.text).not.toContain('not the password');
  expect(browser.cookies.has(SESSION)).toBe(false);
});

test('a form with mistakes says what to change beside each field', async () => {
  const browser = openBrowser(shop.url);
  await browser.open('/sign-up');
  const refused = await browser.submit('/sign-up', { email: '<b>', password: 'x', name: 'Ada' });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain('id="field-email-error"');
  expect(refused.text).toContain('id="field-password-error"');
  expect(refused.text).toContain('value="&#60;b&#62;"');
  expect(refused.text).toContain('value="Ada"');
});

test('signing up with an address that has an account says so at the field', async () => {
  const email = await newAccount();
  const browser = openBrowser(shop.url);
  await browser.open('/sign-up');
  const refused = await browser.submit('/sign-up', { email, password: PASSWORD });
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('id="field-email-error"');
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
  'after signing in, next=%s leads nowhere else',
  async (next) => {
    const email = await newAccount();
    const browser = openBrowser(shop.url);
    const path = `/sign-in?next=${encodeURIComponent(next)}`;
    await browser.open(path);
    const done = await browser.submit(path, { email, password: PASSWORD });
    expect([done.status, done.location]).toEqual([303, '/']);
  },
);

test('an address too long to come back to asks to sign in too', async () => {
  const browser = openBrowser(shop.url);
  const { location } = await browser.open(`/account/password?q=${'字'.repeat(250)}`);
  expect((await browser.open(String(location))).status).toBe(200);
  const email = await newAccount();
  expect((await browser.submit(String(location), { email, password: PASSWORD })).location).toBe(
    '/',
  );
});

test('a form without its token is refused and signs nobody in', async () => {
  const email = await newAccount();
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  const refused = await browser.submit('/sign-in', { _csrf: 'made up', email, password: PASSWORD });
  expect(refused.status).toBe(403);
  expect(browser.cookies.has(SESSION)).toBe(false);
});

test('signing out ends the session itself, not only its cookie', async () => {
  const email = await newAccount();
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  await browser.submit('/sign-in', { email, password: PASSWORD });
  const stolen = browser.cookies.get(SESSION) ?? '';
  await browser.open('/forgot-password');
  const out = await browser.submit('/sign-out', {});
  expect([out.status, out.location]).toEqual([303, '/']);
  const thief = openBrowser(shop.url);
  thief.cookies.set(SESSION, stolen);
  expect((await thief.open('/sign-in')).status).toBe(200);
});

test('a forgotten password is set by the mailed link, once', async () => {
  const email = await newAccount();
  const browser = openBrowser(shop.url);
  await browser.open('/forgot-password');
  const sent = await browser.submit('/forgot-password', { email });
  expect(sent.text).toContain('Check your mail');
  const [mail] = await shop.sendResetMails();
  const token = tokenIn(mail);
  await browser.open(`/reset-password?token=${token}`);
  const short = await browser.submit('/reset-password', { token, password: 'short' });
  expect([short.status, short.text.includes(token)]).toEqual([400, true]);
  const done = await browser.submit('/reset-password', { token, password: 'a new password' });
  expect([done.status, done.location]).toEqual([303, '/sign-in']);
  expect((await browser.open('/sign-in')).text).toContain('Your password is changed.');
  const spent = await browser.submit('/reset-password', { token, password: 'another password' });
  expect(spent.status).toBe(400);
  expect(spent.text).toContain('expired or was used already');
});

test('a reset page without a token says that the link is incomplete', async () => {
  const page = await openBrowser(shop.url).open('/reset-password');
  expect([page.status, page.text.includes('This link is incomplete')]).toEqual([400, true]);
});
