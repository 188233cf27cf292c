import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { forgetFullBuckets, giveBack, takeToken } from '../../src/http/rate-limit.ts';
import { newId } from '../../src/shared/ids.ts';
import { openBrowser } from './browser.ts';
import { type IdentityServer, PASSWORD, startIdentity } from './support.ts';

const SESSION = 'mainstay_session';

let shop: IdentityServer;
beforeAll(async () => {
  shop = await startIdentity({ rateLimit: true });
});
afterAll(() => shop.stop());
beforeEach(() => shop.db.deleteFrom('rate_limits').execute());

const login = (email: string, password: string, from: string) =>
  shop.api('POST', '/api/auth/login', { body: { email, password }, from });

async function newAccount(): Promise<string> {
  const email = `${newId()}@example.org`;
  await shop.api('POST', '/api/auth/register', { body: { email, password: PASSWORD } });
  return email;
}

async function guess(email: string, from: string, times: number): Promise<number[]> {
  const results = await Promise.all(
    Array.from({ length: times }, () => login(email, 'not the password', from)),
  );
  return results.map(({ status }) => status).sort();
}

/** Lets time pass for every bucket. */
const pass = (interval: string) =>
  shop.db
    .updateTable('rate_limits')
    .set({
      theoretical_arrival: sql<Date>`theoretical_arrival - ${sql.lit(interval)}::interval`,
    })
    .execute();

test('parallel takers share exactly the tokens there are, and the next one is told how long to wait', async () => {
  const rate = { limit: 10, periodSeconds: 60 };
  const taken = await Promise.all(
    Array.from({ length: 40 }, () => takeToken(shop.db, 'bucket', rate)),
  );
  expect(taken.filter((wait) => wait === null)).toHaveLength(10);
  expect(taken.filter((wait) => wait !== null).every((wait) => wait >= 1 && wait <= 6)).toBe(true);
});

test('a clock of the database that is set back holds nobody up for longer than the limit itself', async () => {
  const rate = { limit: 2, periodSeconds: 60 };
  const take = () => takeToken(shop.db, 'bucket', rate);
  expect([await take(), await take()]).toEqual([null, null]);
  await pass('-1 hour');
  expect([await take(), await take()]).toEqual([null, null]);
  const wait = await take();
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(30);
});

test('tokens come back evenly, never more than the limit, and a returned one can be taken', async () => {
  const rate = { limit: 2, periodSeconds: 2000 };
  const take = async () => (await takeToken(shop.db, 'bucket', rate)) === null;
  expect([await take(), await take(), await take()]).toEqual([true, true, false]);
  await pass('1000 seconds');
  expect([await take(), await take()]).toEqual([true, false]);
  await giveBack(shop.db, 'bucket', rate);
  expect([await take(), await take()]).toEqual([true, false]);
  await pass('1 day');
  expect([await take(), await take(), await take()]).toEqual([true, true, false]);
});

test('buckets that are full again are forgotten', async () => {
  await takeToken(shop.db, 'old', { limit: 1, periodSeconds: 10 });
  await pass('11 seconds');
  await takeToken(shop.db, 'new', { limit: 1, periodSeconds: 10 });
  await forgetFullBuckets(shop.db);
  const left = await shop.db.selectFrom('rate_limits').select('key').execute();
  expect(left).toEqual([{ key: 'new' }]);
});

test('a guesser is stopped after five failures, also when guessing in parallel', async () => {
  const email = await newAccount();
  expect(await guess(email, '203.0.113.1', 8)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  const refused = await login(email, PASSWORD, '203.0.113.1');
  expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  await pass('1 minute');
  expect((await login(email, PASSWORD, '203.0.113.1')).status).toBe(200);
});

test('a guesser does not lock out the rightful owner, who signs in from elsewhere', async () => {
  const email = await newAccount();
  await guess(email, '203.0.113.1', 10);
  expect((await login(email, PASSWORD, '203.0.113.2')).status).toBe(200);
});

test('no guesser locks the owner out of a browser they signed in to before, nor of their session', async () => {
  const email = await newAccount();
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  const signIn = async () =>
    (await browser.submit('/sign-in', { email, password: PASSWORD })).location;
  expect(await signIn()).toBe('/');
  for (let minute = 0; minute < 10; minute += 1) {
    await pass('1 minute');
    for (const from of ['203.0.113.1', '203.0.113.2']) await guess(email, from, 5);
  }
  expect((await login(email, PASSWORD, '198.51.100.7')).status).toBe(429);

  await browser.open('/account/security');
  const proved = await browser.submit('/confirm', { password: PASSWORD });
  expect([proved.status, proved.location]).toEqual([303, '/account/security']);
  browser.cookies.delete(SESSION);
  await browser.open('/sign-in');
  expect(await signIn()).toBe('/');
  // What the browser keeps is for this account alone.
  const another = await newAccount();
  for (const from of ['203.0.113.3', '203.0.113.4', '203.0.113.5', '203.0.113.6'])
    await guess(another, from, 5);
  browser.cookies.delete(SESSION);
  await browser.open('/sign-in');
  const refused = await browser.submit('/sign-in', { email: another, password: PASSWORD });
  expect(refused.status).toBe(429);
});

test('guesses in a browser that is known are few, too', async () => {
  const email = await newAccount();
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  await browser.submit('/sign-in', { email, password: PASSWORD });
  browser.cookies.delete(SESSION);
  await browser.open('/sign-in');
  const statuses: number[] = [];
  for (let time = 0; time < 6; time += 1)
    statuses.push((await browser.submit('/sign-in', { email, password: 'a wrong guess' })).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});

test('guessing one account from many addresses is stopped after twenty failures', async () => {
  const email = await newAccount();
  const statuses: number[] = [];
  for (let host = 1; host <= 5; host += 1)
    statuses.push(...(await guess(email, `203.0.113.${host}`, 5)));
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});

test('addresses in one IPv6 network count as one', async () => {
  const email = await newAccount();
  await guess(email, '2001:db8:0:7::1', 5);
  expect((await login(email, PASSWORD, '2001:db8:0:7:ffff::2')).status).toBe(429);
  expect((await login(email, PASSWORD, '2001:db8::7')).status).toBe(200);
});

test('signing in rightly uses nothing up', async () => {
  const email = await newAccount();
  for (let time = 0; time < 7; time += 1)
    expect((await login(email, PASSWORD, '203.0.113.1')).status).toBe(200);
});

test('neither addresses nor accounts can be read from the buckets', async () => {
  const email = await newAccount();
  await guess(email, '203.0.113.77', 1);
  const rows = await shop.db.selectFrom('rate_limits').select('key').execute();
  expect(rows.length).toBeGreaterThan(2);
  expect(JSON.stringify(rows)).not.toMatch(/203\.0\.113\.77|@/);
});

test('asking for resets stops after five for one address, with or without an account', async () => {
  for (const email of [await newAccount(), 'nobody@example.org']) {
    const statuses: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      const body = { email };
      statuses.push((await shop.api('POST', '/api/auth/request-reset', { body })).status);
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
  }
});
