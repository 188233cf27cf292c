import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decoded } from '../admin/support.ts';
import { letProofsAge } from '../factors/support.ts';
import { codeOf, keyOn } from '../factors/totp.ts';
import { colleague } from '../staff/support.ts';
import type { Lies } from './provider.ts';
import { atProvider, person, signInBy, startShopWithProvider } from './support.ts';

let at: Awaited<ReturnType<typeof startShopWithProvider>>;
beforeAll(async () => {
  at = await startShopWithProvider();
});
afterAll(() => at.stop());

const PROVED = '/account/two-step';
const CONFIRM = `/confirm/provider?next=${encodeURIComponent(PROVED)}`;

/** Somebody of the staff who signed in by the provider, so long ago that a proof is asked for. */
async function somebody() {
  const { id, email } = await colleague(at.shop, []);
  const who = person(email);
  const { browser } = await signInBy(at, who);
  await letProofsAge(at.shop, id);
  return { id, email, who, browser };
}

test('who showed at the provider a moment ago who they are has proved it here, an old session there proves nothing', async () => {
  const { email } = await colleague(at.shop, []);
  const who = person(email);
  expect((await (await signInBy(at, who)).browser.open(PROVED)).status).toBe(200);
  at.provider.state.signedInSeconds = 3600;
  const { browser } = await signInBy(at, who);
  at.provider.state.signedInSeconds = 0;
  expect((await browser.open(PROVED)).location).toContain('/confirm?');
});

test('who signs in by the provider confirms there, and signs in there anew for it', async () => {
  const { browser } = await somebody();
  const asked = (await browser.open(PROVED)).location ?? '';
  expect(decoded((await browser.open(asked)).text)).toContain(`href="${CONFIRM}"`);
  const { location } = await browser.open(CONFIRM);
  const sent = new URL(location ?? '').searchParams;
  expect([sent.get('prompt'), sent.get('max_age')]).toEqual(['login', '0']);
  expect((await browser.open(await atProvider(browser, CONFIRM))).location).toBe(PROVED);
  expect((await browser.open(PROVED)).status).toBe(200);
});

test.each<[string, Lies]>([
  ['signed in there an hour ago', { claims: { auth_time: Math.floor(Date.now() / 1000) - 3600 } }],
  ['does not say when', { claims: { auth_time: undefined } }],
])('somebody of whom the provider says that they %s has confirmed nothing', async (_what, lies) => {
  const { browser, who } = await somebody();
  at.provider.signsIn(who, lies);
  expect((await browser.open(await atProvider(browser, CONFIRM))).status).toBe(401);
  expect((await browser.open(PROVED)).status).toBe(303);
});

test.each([
  ['since they were sent there', 150, PROVED],
  ['before that', 300, null],
])(
  'who took three minutes there has confirmed what they showed %s',
  async (_when, secondsAgo, next) => {
    const { browser, who } = await somebody();
    at.provider.signsIn(who, {
      claims: { auth_time: Math.floor(Date.now() / 1000) - secondsAgo },
    });
    const back = await atProvider(browser, CONFIRM);
    await sql`UPDATE challenges SET expires_at = expires_at - interval '3 minutes'`.execute(
      at.shop.db,
    );
    expect((await browser.open(back)).location).toBe(next);
    expect((await browser.open(PROVED)).status).toBe(next === null ? 303 : 200);
  },
);

test('another person at the provider confirms nothing, in any session', async () => {
  const [one, other] = [await somebody(), await somebody()];
  at.provider.signsIn(other.who);
  const back = await atProvider(one.browser, CONFIRM);
  expect((await one.browser.open(back)).status).toBe(403);
  expect((await one.browser.open(PROVED)).status).toBe(303);
  expect((await other.browser.open(PROVED)).status).toBe(303);
});

test('what was begun to sign in confirms nothing, and what was begun to confirm signs nobody in', async () => {
  const { browser, who } = await somebody();
  const confirming = await atProvider(browser, CONFIRM);
  const { browser: anew } = await signInBy(at, person('nobody@example.test'));
  for (const [name, value] of browser.cookies)
    if (!name.includes('session')) anew.cookies.set(name, value);
  expect((await anew.open(confirming)).status).toBe(400);
  const begun = await signInBy(at, person('nobody@example.test'));
  at.provider.signsIn(who);
  const signingIn = await atProvider(begun.browser);
  for (const [name, value] of begun.browser.cookies)
    if (name.includes('challenge')) browser.cookies.set(name, value);
  expect((await browser.open(signingIn)).status).toBe(400);
  expect((await browser.open(PROVED)).status).toBe(303);
});

test('where the account asks for a second factor, the provider alone confirms nothing', async () => {
  const { id, browser } = await somebody();
  await browser.open(await atProvider(browser, CONFIRM));
  await browser.open(PROVED);
  await browser.submit('/account/two-step/begin', {});
  const key = keyOn((await browser.open(PROVED)).text);
  await browser.submit('/account/two-step/confirm', { code: codeOf(key) });
  await letProofsAge(at.shop, id);
  expect((await browser.open('/confirm')).text).not.toContain('/confirm/provider');
  expect((await browser.open(await atProvider(browser, CONFIRM))).status).toBe(403);
  expect((await browser.open(PROVED)).status).toBe(303);
});
