import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createExposureLog, writeExposures } from '../../src/modules/flags/exposures.service.ts';
import { eraseCustomer } from '../../src/modules/privacy/erase.service.ts';
import { exportPerson } from '../../src/modules/privacy/export.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { setFlag, switchTo } from './support.ts';

let shop: TestShop;
let slug: string;
beforeAll(async () => {
  shop = await startShop();
  for (const title of ['Oak bench', 'Oak stool']) await shop.product({ title, stock: 500 });
  await sql`UPDATE products SET vendor = 'Oak'`.execute(shop.db);
  slug = (await shop.api('GET', '/api/products')).body.data[0].slug;
});
afterAll(() => shop.stop());

const PARTS = { none: 1, maker: 1 };
/** Begins an experiment of everybody, with nothing counted yet. */
beforeEach(async () => {
  await setFlag(shop, 'related-products', { weights: PARTS });
  const { body } = await setFlag(shop, 'related-products', { weights: PARTS, experiment: true });
  expect(body).toMatchObject({ experiment: true, weights: PARTS });
});

const PARTICIPANT = 'mainstay_participant';
const look = (browser: ReturnType<typeof openBrowser>) => browser.open(`/products/${slug}`);
const shows = async (browser: ReturnType<typeof openBrowser>) =>
  (await look(browser)).text.includes('More by Oak') ? 'maker' : 'none';

async function results() {
  const token = await shop.adminToken();
  const { body } = await shop.api('GET', '/api/flags/related-products/results', { token });
  return body.data[0];
}

async function exposed(): Promise<number> {
  const { variants } = await results();
  return variants.reduce((sum: number, { visitors }: { visitors: number }) => sum + visitors, 0);
}

describe('a visitor of an experiment', () => {
  it('gets a cookie for it where it is asked for alone, and keeps their variant by it', async () => {
    const browser = openBrowser(shop.url);
    await browser.open('/products');
    expect(browser.cookies.has(PARTICIPANT)).toBe(false);
    const { set } = await look(browser);
    const [cookie] = set.filter((line) => line.startsWith(PARTICIPANT));
    expect(cookie).toMatch(/; Max-Age=15768000; Path=\/; HttpOnly; SameSite=Lax$/);
    const first = await shows(browser);
    for (let times = 0; times < 5; times += 1) expect(await shows(browser)).toBe(first);
    expect((await look(browser)).set.join()).not.toContain(PARTICIPANT);
    await setFlag(shop, 'related-products', { weights: { maker: 1 } });
    const other = openBrowser(shop.url);
    expect(await shows(other)).toBe('maker');
    expect(other.cookies.has(PARTICIPANT)).toBe(false);
  });

  it('keeps it when they sign in, here and in other browsers, and is one visitor with one order', async () => {
    const customer = await shop.customer();
    const signIn = async (browser: ReturnType<typeof openBrowser>) => {
      await browser.open('/sign-in');
      const { email, password } = customer;
      expect((await browser.submit('/sign-in', { email, password })).status).toBe(303);
    };
    const browser = openBrowser(shop.url);
    const seen = await shows(browser);
    const key = browser.cookies.get(PARTICIPANT);
    await signIn(browser);
    expect(browser.cookies.get(PARTICIPANT)).toBe(key);
    expect(await shows(browser)).toBe(seen);
    const elsewhere = openBrowser(shop.url);
    await look(elsewhere);
    await signIn(elsewhere);
    expect(elsewhere.cookies.get(PARTICIPANT)).toBe(key);
    expect(await shows(elsewhere)).toBe(seen);
    await until(async () => (await exposed()) === 1);

    const { variantId } = await shop.product();
    const order = (await shop.order(customer.token, variantId)).body.id;
    const own = async () =>
      (await results()).variants.find(({ variant }: { variant: string }) => variant === seen);
    expect(await own()).toMatchObject({ ordered: { count: 1 }, paid: { count: 0 } });
    await shop.pay(customer.token, order);
    await shop.order(customer.token, variantId);
    expect(await own()).toMatchObject({ ordered: { count: 1, of: 1 }, paid: { count: 1 } });

    const told = JSON.parse(await text(await exportPerson(shop.db, customer.id))).experiments;
    expect(told[0]).toMatchObject({ flag: 'related-products' });
    await elsewhere.submit('/sign-out', {});
    expect(elsewhere.cookies.has(PARTICIPANT)).toBe(false);
    // Before they looked at anything that tells visitors apart.
    for (const anew of [elsewhere, openBrowser(shop.url)]) {
      await signIn(anew);
      expect(anew.cookies.get(PARTICIPANT)).toBe(key);
      expect(await shows(anew)).toBe(seen);
    }
  });

  it('is none of those who work here', async () => {
    const browser = openBrowser(shop.url);
    await browser.open('/sign-in');
    await browser.submit('/sign-in', shop.admin);
    await look(browser);
    await look(openBrowser(shop.url));
    await until(async () => (await exposed()) === 1);
  });

  it('who is erased leaves nothing in experiments, segments or rules', async () => {
    const { id } = await shop.customer();
    const token = await shop.adminToken();
    await shop.api('PUT', '/api/flag-segments/friends', {
      token,
      body: { customerIds: [id], emailDomains: [], version: 0 },
    });
    const when = [{ attribute: 'customer', not: false, values: [id] }];
    const rules = [{ when, variant: 'maker', share: 10_000 }];
    await setFlag(shop, 'related-products', { rules, experiment: true });
    const { body } = await shop.api('GET', '/api/flags/related-products', { token });
    expect(body.rules).toEqual(rules);
    const { experimentId } = await running();
    await sql`INSERT INTO flag_visitors (visitor_id, customer_id) VALUES (gen_random_uuid(), ${id})`.execute(
      shop.db,
    );
    await sql`INSERT INTO flag_exposures (experiment_id, visitor_id, variant, exposed_at)
      SELECT ${experimentId}::uuid, visitor_id, 'none', now() FROM flag_visitors WHERE customer_id = ${id}
      UNION ALL SELECT ${experimentId}::uuid, ${id}::uuid, 'none', now()`.execute(shop.db);
    expect(JSON.parse(await text(await exportPerson(shop.db, id)))).toMatchObject({
      experiments: [{ variant: 'none' }, { variant: 'none' }],
      segments: [{ key: 'friends' }],
    });
    await eraseCustomer(shop.db, id);
    for (const table of ['flags', 'flag_segments', 'flag_exposures', 'flag_visitors']) {
      const { rows } = await sql`SELECT FROM ${sql.table(table)} AS row
        WHERE row::text LIKE ${`%${id}%`}`.execute(shop.db);
      expect(rows, table).toEqual([]);
    }
    expect(await exposed()).toBe(0);
  });
});

async function running() {
  const { rows } = await sql<{ experimentId: string }>`
    SELECT id AS "experimentId" FROM flag_experiments WHERE ended_at IS NULL`.execute(shop.db);
  return rows[0] as { experimentId: string };
}

describe('the numbers of an experiment', () => {
  it('count each visitor once, however often and through however many processes they come', async () => {
    const { experimentId } = await running();
    const metrics = createMetrics();
    const logs = [createExposureLog({ metrics }), createExposureLog({ metrics })];
    const visitors = Array.from({ length: 40 }, () => newId());
    for (const exposures of logs)
      for (const visitorId of [...visitors, ...visitors])
        exposures.add({ flag: 'related-products', experimentId, visitorId, variant: 'maker' });
    await Promise.all(
      logs.flatMap((exposures) => [
        writeExposures({ db: shop.db, exposures }),
        writeExposures({ db: shop.db, exposures }),
      ]),
    );
    // One whom a fault shows something else keeps what they saw first, and is told of.
    const [strayed = ''] = visitors;
    logs[0]?.add({ flag: 'related-products', experimentId, visitorId: strayed, variant: 'none' });
    for (const exposures of logs) await writeExposures({ db: shop.db, exposures });
    expect(await results()).toMatchObject({
      variants: [{ visitors: 0 }, { variant: 'maker', visitors: 40 }],
      strayed: 1,
      lopsided: true,
    });
  });

  it('have exposures and orders in their order, however the clock of a machine is off', async () => {
    const { experimentId } = await running();
    onTestFinished(() => void vi.useRealTimers());
    const { token, id } = await shop.customer();
    const { variantId } = await shop.product();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 });
    const exposures = createExposureLog({ metrics: createMetrics() });
    exposures.add({ flag: 'related-products', experimentId, visitorId: id, variant: 'maker' });
    await writeExposures({ db: shop.db, exposures });
    vi.useRealTimers();
    await shop.order(token, variantId);
    expect(await results()).toMatchObject({
      variants: [{}, { variant: 'maker', ordered: { count: 1 } }],
    });
  });

  it('lose nothing where a write fails after it happened, and take nothing that came after the end', async () => {
    const { experimentId } = await running();
    const exposures = createExposureLog({ metrics: createMetrics() });
    const seen = { flag: 'related-products', experimentId, variant: 'none' };
    exposures.add({ ...seen, visitorId: newId() });
    // The answer to the commit is lost: all is written again.
    const waiting = exposures.next();
    await writeExposures({ db: shop.db, exposures });
    exposures.add({ ...seen, visitorId: waiting[0]?.visitorId ?? '' });
    const again = createExposureLog({ metrics: createMetrics() });
    for (const exposure of waiting) again.add(exposure);
    await writeExposures({ db: shop.db, exposures: again });
    expect(await exposed()).toBe(1);
    await switchTo(shop, 'related-products', false);
    again.add({ ...seen, visitorId: newId() });
    again.add({ ...seen, experimentId: newId(), visitorId: newId() });
    await writeExposures({ db: shop.db, exposures: again });
    expect(await exposed()).toBe(1);
  });

  it('are kept in memory that is bounded, and what does not fit is counted', async () => {
    const metrics = createMetrics();
    const exposures = createExposureLog({ metrics });
    for (let visitor = 0; visitor < 10_050; visitor += 1)
      exposures.add({
        ...{ flag: 'related-products', experimentId: newId(), variant: 'none' },
        visitorId: String(visitor),
      });
    expect((await metrics.flagExposuresDropped.get()).values[0]?.value).toBe(50);
  });
});
