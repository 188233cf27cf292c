import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decoded } from '../admin/support.ts';
import { forgetUsedCodes } from '../factors/support.ts';
import { codeOf, keyOn } from '../factors/totp.ts';
import { openBrowser } from '../identity/browser.ts';
import { browserOf, colleague, PASSWORD } from '../staff/support.ts';
import { startShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import {
  actsOf,
  atProvider,
  isSignedIn,
  linksOf,
  person,
  signInBy,
  startShopWithProvider,
} from './support.ts';

let at: Awaited<ReturnType<typeof startShopWithProvider>>;
beforeAll(async () => {
  at = await startShopWithProvider();
});
afterAll(() => at.stop());

const invite = async (email: string) => {
  const token = await at.shop.adminToken();
  const { status } = await at.shop.api('POST', '/api/staff/invitations', {
    token,
    body: { email, role: 'admin' },
  });
  expect(status).toBe(201);
};

test('the sign-in page offers the provider by its name, and goes there with PKCE, state and nonce', async () => {
  const browser = openBrowser(at.shop.url);
  const page = decoded((await browser.open('/sign-in?next=%2Fadmin%2Forders')).text);
  expect(page).toContain('Staff sign-in with Okta');
  expect(page).toContain('href="/sign-in/provider?next=%2Fadmin%2Forders"');
  const { status, location } = await browser.open('/sign-in/provider');
  expect(status).toBe(303);
  const asked = Object.fromEntries(new URL(location ?? '').searchParams);
  expect(asked).toEqual({
    client_id: 'the-shop',
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: expect.stringMatching(/\/sign-in\/provider\/callback$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  });
});

test('no other site begins a sign-in at the provider: it leads to the page where it takes a click', async () => {
  const response = await fetch(`${at.shop.url}/sign-in/provider?next=%2Fadmin`, {
    headers: { 'sec-fetch-site': 'cross-site' },
    redirect: 'manual',
  });
  expect([response.status, response.headers.get('location')]).toEqual([
    303,
    '/sign-in?next=%2Fadmin',
  ]);
});

test('somebody of the staff comes in by their verified address once, and by their subject from then on', async () => {
  const { id, email } = await colleague(at.shop, ['orders:read']);
  const grace = person(email.toUpperCase());
  const first = await signInBy(at, grace);
  expect([first.answer.status, first.answer.location]).toEqual([303, '/admin']);
  expect((await first.browser.open('/admin/orders')).status).toBe(200);
  expect(await linksOf(at.shop, id)).toMatchObject([{ subject: grace.sub, user_id: id }]);
  // At the provider the address was changed, and is not verified yet.
  const later = { sub: grace.sub, email: 'elsewhere@example.test', email_verified: false };
  expect((await signInBy(at, later)).answer.location).toBe('/admin');
  expect(await actsOf(at.shop, id)).toEqual(
    ['provider.sign_in', 'sign_in.succeeded', 'provider.sign_in', 'sign_in.succeeded'].toSpliced(
      0,
      0,
      'provider.linked',
    ),
  );
});

test('it leads on to where somebody wanted to go', async () => {
  const { email } = await colleague(at.shop, ['orders:read']);
  at.provider.signsIn(person(email));
  const browser = openBrowser(at.shop.url);
  const back = await atProvider(browser, '/sign-in/provider?next=%2Fadmin%2Forders');
  expect((await browser.open(back)).location).toBe('/admin/orders');
});

test('an address that the provider tells by user info alone counts as one in the ID token', async () => {
  const { email } = await colleague(at.shop, []);
  at.provider.state.emailInIdToken = false;
  const { answer } = await signInBy(at, person(email));
  at.provider.state.emailInIdToken = true;
  expect(answer.location).toBe('/admin');
});

test('an account with a second factor is asked for it', async () => {
  const { id, email } = await colleague(at.shop, ['orders:read']);
  const owner = await browserOf(at.shop, email);
  await owner.open('/account/two-step');
  await owner.submit('/account/two-step/begin', {});
  const key = keyOn((await owner.open('/account/two-step')).text);
  await owner.submit('/account/two-step/confirm', { code: codeOf(key) });
  await forgetUsedCodes(at.shop, id);
  const { browser, answer } = await signInBy(at, person(email));
  expect(answer.location).toBe('/sign-in/second-step');
  expect(await isSignedIn(browser)).toBe(false);
  await browser.open('/sign-in/second-step');
  const done = await browser.submit('/sign-in/second-step', { code: codeOf(key) });
  expect(done.location).toBe('/admin');
});

test('whoever is invited joins by their verified address, with an account that has no password', async () => {
  const email = `${randomUUID()}@example.test`;
  await invite(email);
  const { browser, answer } = await signInBy(at, person(email, { name: 'Ada' }));
  expect(answer.location).toBe('/admin');
  expect((await browser.open('/admin/staff')).status).toBe(200);
  const user = await at.shop.db
    .selectFrom('users')
    .select(['id', 'name', 'role'])
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  expect(user).toMatchObject({ name: 'Ada', role: 'admin' });
  expect(await actsOf(at.shop, user.id)).toContain('provider.linked');
  const left = at.shop.db.selectFrom('staff_invitations').selectAll().where('email', '=', email);
  expect(await left.execute()).toEqual([]);
});

test('an account is untied by its owner, and its other sessions end', async () => {
  const { id, email } = await colleague(at.shop, []);
  const grace = person(email);
  const { browser } = await signInBy(at, grace);
  const { browser: other } = await signInBy(at, grace);
  expect((await browser.open('/account/security')).text).toContain('href="/account/provider"');
  await browser.open('/account/provider');
  expect((await browser.submit('/account/provider/remove', {})).location).toBe('/account/security');
  expect([await isSignedIn(browser), await isSignedIn(other)]).toEqual([true, false]);
  expect(await linksOf(at.shop, id)).toEqual([]);
  expect(await actsOf(at.shop, id)).toContain('provider.unlinked');
});

test('while the provider does not answer, a page says so, and passwords sign in', async () => {
  const broken = await startShop(
    {
      OIDC_ISSUER: 'http://127.0.0.1:9',
      OIDC_CLIENT_ID: 'the-shop',
      OIDC_CLIENT_SECRET: 'secret',
    },
    { role: 'web' },
  );
  try {
    const browser = openBrowser(broken.url);
    expect((await browser.open('/sign-in')).text).toContain('>Staff sign-in<');
    const away = await browser.open('/sign-in/provider');
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '30']);
    expect(away.text).toContain('sign in with your password');
    const { email } = await broken.customer();
    await browser.open('/sign-in');
    expect((await browser.submit('/sign-in', { email, password: PASSWORD })).status).toBe(303);
  } finally {
    await broken.stop();
  }
});

test('without a provider nothing of it is offered, or there', async () => {
  const plain = await startShop({}, { role: 'web' });
  try {
    const browser = openBrowser(plain.url);
    expect((await browser.open('/sign-in')).text).not.toContain('Staff sign-in');
    expect((await browser.open('/sign-in/provider')).status).toBe(404);
    expect((await browser.open('/sign-in/provider/callback?code=1&state=2')).status).toBe(404);
  } finally {
    await plain.stop();
  }
});

test('a refusal stands in the trail', async () => {
  const { id, email } = await at.shop.customer();
  await signInBy(at, person(email));
  await until(async () => (await actsOf(at.shop, id)).includes('provider.refused'));
});
