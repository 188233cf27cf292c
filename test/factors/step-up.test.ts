import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IdentityServer, PASSWORD, startIdentity } from '../identity/support.ts';
import { factorSteps, letProofsAge } from './support.ts';
import { codeOf } from './totp.ts';

let shop: IdentityServer;
let steps: ReturnType<typeof factorSteps>;
beforeAll(async () => {
  shop = await startIdentity({ rateLimit: true });
  steps = factorSteps(shop);
});
afterAll(() => shop.stop());

test('ten minutes after signing in a dangerous page asks again, and leads back', async () => {
  const { email, id } = await steps.newAccount();
  const { browser } = await steps.signIn(email);
  expect((await browser.open('/account/two-step')).status).toBe(200);
  await letProofsAge(shop, id);
  expect((await browser.open('/account/two-step')).location).toBe(
    '/confirm?next=%2Faccount%2Ftwo-step',
  );
  const page = await browser.open('/confirm?next=%2Faccount%2Ftwo-step');
  expect(page.text).not.toContain('name="code"');
  const path = '/confirm?next=%2Faccount%2Ftwo-step';
  const wrong = await browser.submit(path, { password: 'not the password' });
  expect([wrong.status, wrong.text.includes('id="field-password-error"')]).toEqual([400, true]);
  expect((await browser.open('/account/two-step')).status).toBe(303);
  const done = await browser.submit(path, { password: PASSWORD });
  expect(done.location).toBe('/account/two-step');
  expect((await browser.open('/account/two-step')).status).toBe(200);
});

test('a form that is sent too late changes nothing and leads to the page it stands on', async () => {
  const { browser, id, email } = await steps.protectedAccount();
  await browser.open('/account/two-step');
  await letProofsAge(shop, id);
  const late = await browser.submit('/account/two-step/off', {});
  expect(late.location).toBe('/confirm?next=%2Faccount%2Ftwo-step');
  expect((await steps.signIn(email)).answer.location).toBe('/sign-in/second-step');
});

test('where the account asks for a code, a password alone confirms nothing', async () => {
  const { browser, id, key } = await steps.protectedAccount();
  await letProofsAge(shop, id);
  const page = await browser.open('/confirm');
  expect(page.text).toContain('name="code"');
  const mere = await browser.submit('/confirm', { password: PASSWORD });
  expect(mere.status).toBe(401);
  const wrong = await browser.submit('/confirm', { password: PASSWORD, code: '000000' });
  expect(wrong.status).toBe(401);
  expect((await browser.open('/account/two-step')).status).toBe(303);
  const done = await browser.submit('/confirm', { password: PASSWORD, code: codeOf(key) });
  expect(done.location).toBe('/account/security');
  expect((await browser.open('/account/two-step')).status).toBe(200);
});

test('a changed password confirms nothing', async () => {
  const { browser, id } = await steps.protectedAccount();
  await letProofsAge(shop, id);
  await browser.open('/account/password');
  const newPassword = 'quite another battery';
  await browser.submit('/account/password', { currentPassword: PASSWORD, newPassword });
  expect((await browser.open('/account/two-step')).status).toBe(303);
});

test('a proof counts for its own session alone', async () => {
  const { email, id } = await steps.newAccount();
  const [one, two] = [await steps.signIn(email), await steps.signIn(email)];
  await letProofsAge(shop, id);
  await one.browser.open('/confirm');
  await one.browser.submit('/confirm', { password: PASSWORD });
  expect((await one.browser.open('/account/two-step')).status).toBe(200);
  expect((await two.browser.open('/account/two-step')).status).toBe(303);
});

test('who guesses at the password of the prompt is slowed down as at the sign-in', async () => {
  const { email } = await steps.newAccount();
  const { browser } = await steps.signIn(email);
  await browser.open('/confirm');
  const answers = [];
  for (let guess = 0; guess < 6; guess += 1)
    answers.push((await browser.submit('/confirm', { password: `guess ${guess}` })).status);
  expect(answers.at(-1)).toBe(429);
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example'])(
  'after confirming, next=%s leads nowhere else',
  async (next) => {
    const { email } = await steps.newAccount();
    const { browser } = await steps.signIn(email);
    await browser.open('/confirm');
    const path = `/confirm?next=${encodeURIComponent(next)}`;
    expect((await browser.submit(path, { password: PASSWORD })).location).toBe('/account/security');
  },
);
