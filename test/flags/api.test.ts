import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followChanges } from '../../src/database/changes.ts';
import { setFlag as change, tidyUp } from '../../src/modules/flags/flags.service.ts';
import { openBrowser } from '../identity/browser.ts';
import { runEntry } from '../support/process.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { setFlag, switchTo } from './support.ts';

let shop: TestShop;
let token: string;
beforeAll(async () => {
  shop = await startShop({}, { role: 'web' });
  token = await shop.adminToken();
});
afterAll(() => shop.stop());

const flag = async (key: string) => (await shop.api('GET', `/api/flags/${key}`, { token })).body;
const settings = { enabled: true, rules: [], rollout: 10_000, experiment: false };

describe('a flag', () => {
  it('that nobody has set is as the code declares it', async () => {
    expect(await flag('related-products')).toMatchObject({
      version: 0,
      changedAt: null,
      variants: ['none', 'category', 'maker'],
      weights: { none: 1 },
    });
    const { status } = await shop.api('GET', '/api/flags/no-such-flag', { token });
    expect(status).toBe(404);
  });

  it('changed by two at once is changed by one, who saw it as it was', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((maker) =>
        shop.api('PUT', '/api/flags/related-products', {
          token,
          body: { ...settings, version: 0, weights: { none: 1, maker } },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409]);
    const won = answers.find(({ status }) => status === 200)?.body;
    const again = await Promise.all(
      [2000, 3000].map((rollout) =>
        shop.api('PUT', '/api/flags/related-products', {
          token,
          body: { ...settings, rollout, version: won.version, weights: won.weights },
        }),
      ),
    );
    expect(again.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { rows } = await sql<{ acts: number }>`
      SELECT count(*)::int AS acts FROM trail WHERE act = 'flag.changed'`.execute(shop.db);
    expect(rows[0]?.acts).toBe(2);
  });

  it('that was set back and set anew meanwhile is another one than somebody saw', async () => {
    const path = '/api/flags/forgiving-search';
    const set = (version: number, enabled: boolean) =>
      shop.api('PUT', path, { token, body: { ...settings, enabled, version, weights: { on: 1 } } });
    const seen = (await set(0, false)).body.version;
    expect((await shop.api('DELETE', `${path}?version=${seen}`, { token })).status).toBe(204);
    const anew = (await set(0, false)).body.version;
    expect((await set(seen, true)).status).toBe(409);
    expect((await shop.api('DELETE', `${path}?version=${seen}`, { token })).status).toBe(409);
    expect(await flag('forgiving-search')).toMatchObject({ enabled: false, version: anew });
    await shop.api('DELETE', `${path}?version=${anew}`, { token });
  });

  it('is refused what would make no sense', async () => {
    const refused = async (key: 'related-products' | 'take-orders', body: object) => {
      const { status, body: problem } = await setFlag(shop, key, body as never);
      return [status, problem.errors?.[0]?.path];
    };
    const split = { weights: { on: 1, off: 1 } };
    expect(await refused('take-orders', split)).toEqual([400, 'weights']);
    expect(await refused('take-orders', { weights: { on: 1 }, rollout: 5000 })).toEqual([
      400,
      'rollout',
    ]);
    expect(await refused('related-products', { weights: { gone: 1 } })).toEqual([400, 'weights']);
    expect(await refused('related-products', { weights: { none: 0 } })).toEqual([400, 'weights']);
    const alone = { weights: { none: 1 }, experiment: true };
    expect(await refused('related-products', alone)).toEqual([400, 'experiment']);
  });

  it('keeps the parts of its experiment while that runs, and ends it when it is switched off', async () => {
    const weights = { none: 1, maker: 1 };
    const set = (body: object) => setFlag(shop, 'related-products', body as never);
    expect((await set({ weights, experiment: true })).status).toBe(200);
    const mixed = await set({ weights: { none: 1, maker: 2 }, experiment: true });
    expect(mixed.status).toBe(409);
    expect((await set({ weights, rollout: 5000, experiment: true })).status).toBe(200);
    expect((await set({ weights, enabled: false })).body.experiment).toBe(false);
    const { body } = await shop.api('GET', '/api/flags/related-products/results', { token });
    expect(body.data[0].endedAt).not.toBeNull();
  });

  it('tells the other processes what changed: kept answers too where they may hang on it', async () => {
    const told: unknown[] = [];
    // What the shop follows is another handle.
    followChanges(shop.db, (changed) => told.push(changed));
    const deps = { db: shop.db, held: { reload: async () => undefined } };
    const { version } = await flag('related-products');
    await change(deps, 'related-products', { ...settings, version, weights: { none: 1 } });
    await change(deps, 'take-orders', {
      ...settings,
      version: 0,
      weights: { on: 1 },
      enabled: false,
    });
    expect(told).toMatchObject([
      { flags: true, catalogue: false },
      { flags: true, catalogue: true },
    ]);
    const reset = await flag('take-orders');
    const path = `/api/flags/take-orders?version=${reset.version}`;
    expect((await shop.api('DELETE', path, { token })).status).toBe(204);
    expect((await flag('take-orders')).version).toBe(0);
  });
});

describe('taking orders', () => {
  it('stops at once while it is off: browsing and carts go on, and people are told', async () => {
    const { variantId, slug = '' } = await shop.product();
    const customer = await shop.customer();
    const order = () => shop.order(customer.token, variantId);
    const before = await order();
    expect(before.status).toBe(201);
    await switchTo(shop, 'take-orders', false);
    const refused = await order();
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ code: 'service_unavailable' });
    expect(refused.headers.get('retry-after')).toBe('300');
    const checkout = await shop.api('POST', '/api/checkout', {
      token: customer.token,
      body: { items: [{ variantId, quantity: 1 }] },
      headers: { 'idempotency-key': 'while-closed' },
    });
    expect(checkout.status).toBe(503);
    // What was ordered before is paid all the same.
    const paying = await shop.api('POST', '/api/checkout', {
      token: customer.token,
      body: { orderId: before.body.id },
      headers: { 'idempotency-key': 'ordered-before' },
    });
    expect(paying.status).toBe(201);
    const browser = openBrowser(shop.url);
    const product = (await shop.api('GET', `/api/products/${slug || ''}?limit=1`)).body;
    const shown = product.data?.[0] ?? product;
    expect((await browser.open(`/products/${shown.slug}`)).text).toContain('no new orders');
    expect((await browser.submit('/cart/items', { product: shown.slug })).location).toBe('/cart');
    expect((await browser.open('/cart')).text).toMatch(/<button[^>]* disabled[^>]*>Check out/);
    await switchTo(shop, 'take-orders', true);
    expect((await order()).status).toBe(201);
    expect((await browser.open('/cart')).text).not.toContain('no new orders');
  });
});

describe('searches', () => {
  it('look for what a mistyped word may have meant only while that is on', async () => {
    await shop.product({ title: 'Lantern' });
    const found = async () => ({
      api: (await shop.api('GET', '/api/products/search?q=lantren')).body.data.length,
      page: (await openBrowser(shop.url).open('/search?q=lantren')).text.includes('Lantern'),
    });
    expect(await found()).toEqual({ api: 1, page: true });
    await switchTo(shop, 'forgiving-search', false);
    expect(await found()).toEqual({ api: 0, page: false });
    expect((await shop.api('GET', '/api/products/search?q=lantern')).body.data).toHaveLength(1);
    await switchTo(shop, 'forgiving-search', true);
    expect(await found()).toEqual({ api: 1, page: true });
  });
});

describe('other products below one', () => {
  it('are of its category, by its maker, or none, as the flag says; never itself or what is sold out', async () => {
    for (const [title, stock] of [
      ['Plum cup', 3],
      ['Plum bowl', 3],
      ['Plum jug', 0],
    ] as const)
      await shop.api('POST', '/api/products', {
        token,
        body: {
          ...{ title, stock, sku: title, status: 'active', vendor: 'Plum' },
          price: { amount: 100, currency: 'USD' },
          categories: ['Tableware'],
        },
      });
    const below = async () => {
      const { text } = await openBrowser(shop.url).open('/products/plum-cup');
      const [, section = ''] = text.split('id="related">');
      return [
        /^[^<]*/.exec(section)?.[0],
        ['cup', 'bowl', 'jug'].filter((word) => section.includes(`Plum ${word}`)),
      ];
    };
    for (const [variant, heading] of [
      ['none', ''],
      ['category', 'More from Tableware'],
      ['maker', 'More by Plum'],
    ] as const) {
      await setFlag(shop, 'related-products', { weights: { [variant]: 1 } });
      const [title, names] = await below();
      expect(title).toBe(heading);
      expect(names).toEqual(variant === 'none' ? [] : ['bowl']);
    }
  });
});

describe('what is to be tidied up', () => {
  it('are flags that have settled, those the code lost, and those that nobody has set', async () => {
    await setFlag(shop, 'related-products', { weights: { maker: 1 } });
    await sql`INSERT INTO flags (key, enabled, rules, rollout, weights, salt, version)
      VALUES ('gone', true, '[]', 10000, '{"on": 1}', 'x', 1)`.execute(shop.db);
    const in31Days = new Date(Date.now() + 31 * 86_400_000);
    const kinds = async (now: Date) =>
      Object.fromEntries((await tidyUp(shop.db, now)).map(({ key, kind }) => [key, kind]));
    expect(await kinds(new Date())).toEqual({ gone: 'orphaned' });
    expect(await kinds(in31Days)).toEqual({ gone: 'orphaned', 'related-products': 'settled' });
    const browser = openBrowser(shop.url);
    await browser.open('/sign-in');
    await browser.submit('/sign-in', shop.admin);
    expect((await browser.open('/admin/flags')).text).toContain('The code no longer asks for it');
    const { code, out } = await runEntry('flags.ts', [], { DATABASE_URL: shop.databaseUrl });
    expect([code, out]).toEqual([1, expect.stringMatching(/^gone +not in the code\n +The code/m)]);
    const { version } = await flag('gone');
    expect(
      (await browser.submit('/admin/flags/gone/reset', { version: String(version) })).status,
    ).toBe(303);
    expect(await kinds(new Date())).toEqual({});
  });
});

it('a segment that was deleted and made anew is another one than somebody saw', async () => {
  const path = '/api/flag-segments/friends';
  const set = (version: number, emailDomains: string[]) =>
    shop.api('PUT', path, { token, body: { customerIds: [], emailDomains, version } });
  const seen = (await set(0, ['example.org'])).body.version;
  expect((await shop.api('DELETE', `${path}?version=${seen}`, { token })).status).toBe(204);
  expect((await set(0, ['example.com'])).status).toBe(200);
  expect((await set(seen, ['example.net'])).status).toBe(409);
  expect((await shop.api('DELETE', `${path}?version=${seen}`, { token })).status).toBe(409);
});
