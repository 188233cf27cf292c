import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import type { TestShop } from '../support/shop.ts';
import { startTwoProcesses } from '../support/two-processes.ts';
import { until } from '../support/until.ts';
import { ask } from './ask.ts';

// Two processes of one shop; the second has limits.
let two: Awaited<ReturnType<typeof startTwoProcesses>>;
let database: TestDatabase;
let shop: TestShop;
let other: TestShop;

beforeAll(async () => {
  two = await startTwoProcesses({ PUBLIC_URL: 'http://localhost:5004' }, { RATE_LIMIT: 'on' });
  ({ database, shop, other } = two);
});
afterAll(() => two?.stop());

async function remembered({ url }: TestShop): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/http_kept_answers_total\{from="remembered"\} (\d+)/.exec(text)?.[1]);
}

const available = async (path: string, of: TestShop = shop) => {
  const { body } = await of.api('GET', path);
  return (body.data?.[0] ?? body).variants[0].available;
};

describe('an answer from memory', () => {
  it('is the same as the first one, headers and all, and is logged and measured alike', async () => {
    const product = await shop.product();
    for (const path of [
      `/api/products/${product.id}`,
      '/api/products?limit=5',
      '/api/products/search?q=oak',
      '/api/categories',
    ]) {
      const first = await ask(shop.url, path);
      let second = first;
      // Nothing is kept for more than five seconds.
      await until(async () => {
        const before = await remembered(shop);
        second = await ask(shop.url, path);
        return (await remembered(shop)) === before + 1;
      });
      expect(second.body).toEqual(first.body);
      const shape = ({ headers }: typeof first) => ({
        ...headers,
        date: '',
        'x-correlation-id': '',
      });
      expect(shape(second)).toEqual(shape(first));
      expect(second.headers['x-correlation-id']).not.toBe(first.headers['x-correlation-id']);
      expect(second.headers).toMatchObject({
        'cache-control': 'public, no-cache',
        vary: 'accept-encoding',
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(second.body.length),
        etag: expect.stringMatching(/^"[\w-]{22}"$/),
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it('keeps the correlation id of who asks, and says what is left of their limit', async () => {
    const path = '/api/products?limit=6';
    const headers = { 'x-correlation-id': 'of-the-caller' };
    const left = [];
    for (let count = 0; count < 3; count += 1) {
      const answer = await ask(other.url, path, headers);
      expect(answer.headers['x-correlation-id']).toBe('of-the-caller');
      expect(answer.headers['ratelimit-policy']).toBe('"read";q=6000;w=60');
      left.push(Number(/r=(\d+)/.exec(String(answer.headers.ratelimit))?.[1]));
    }
    // A slow machine is given back as much between two requests as they took.
    for (const count of left) expect([count > 5990, count < 6000]).toEqual([true, true]);
  });

  it('is not sent again to who has it: 304, by any of the tags that they name', async () => {
    const path = '/api/products?limit=7';
    const { headers, body } = await ask(shop.url, path);
    const etag = String(headers.etag);
    for (const tags of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
      const again = await ask(shop.url, path, { 'if-none-match': tags });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      expect(again.headers.etag).toBe(etag);
    }
    // What it says of itself is of the answer that would have come (RFC 9110, 8.6).
    const head = await fetch(`${shop.url}${path}`, {
      method: 'HEAD',
      headers: { 'if-none-match': etag, 'accept-encoding': 'identity' },
    });
    expect([head.status, head.headers.get('content-length')]).toEqual([304, String(body.length)]);
    const changed = await ask(shop.url, path, { 'if-none-match': '"other"' });
    expect([changed.status, changed.body]).toEqual([200, body]);
  });

  it('has a tag and a body of its own in each encoding', async () => {
    for (let count = 0; count < 3; count += 1) await shop.product();
    const path = '/api/products?limit=8';
    const forms = [];
    for (let round = 0; round < 2; round += 1)
      for (const [accepted, decode] of [
        ['identity', (body: Buffer) => body],
        ['gzip', gunzipSync],
        ['gzip, deflate, br', brotliDecompressSync],
        ['zstd', (body: Buffer) => body],
      ] as const) {
        const { body, headers } = await ask(shop.url, path, { 'accept-encoding': accepted });
        forms.push({ etag: headers.etag, text: decode(body).toString() });
      }
    expect(new Set(forms.map(({ text }) => text)).size).toBe(1);
    expect(new Set(forms.map(({ etag }) => etag)).size).toBe(3);
    expect(forms.slice(4)).toEqual(forms.slice(0, 4));
  });

  it('is none for what the long way refuses, or knows more about', async () => {
    const path = '/api/products?limit=9';
    const { token } = await shop.customer();
    // Nothing is kept for more than five seconds.
    await until(async () => {
      await ask(shop.url, path);
      const before = await remembered(shop);
      const refused = await ask(shop.url, path, { authorization: 'Bearer nonsense' });
      expect(refused.status).toBe(401);
      expect((await ask(shop.url, path, { 'content-encoding': 'gzip' })).status).toBe(415);
      const own = await ask(shop.url, path, { authorization: `Bearer ${token}` });
      expect([own.status, own.headers['cache-control']]).toEqual([200, 'private, no-cache']);
      expect((await shop.api('HEAD', path)).status).toBe(200);
      expect((await shop.api('POST', path, { body: {} })).status).toBe(401);
      return (await remembered(shop)) === before + 1;
    });
  });
});

describe('what was acknowledged', () => {
  it('is seen by whoever asks next, while everybody else asks too', async () => {
    const { token } = await shop.customer();
    const product = await shop.product({ title: 'Crowded lamp', stock: 100 });
    const paths = [
      `/api/products/${product.id}`,
      `/api/products/${product.slug}`,
      '/api/products/search?q=crowded',
      '/api/products?limit=1',
    ];
    let crowding = true;
    const crowd = paths.map(async (path) => {
      while (crowding) await available(path);
    });
    for (let left = 99; left >= 70; left -= 1) {
      expect((await shop.order(token, product.variantId)).status).toBe(201);
      expect(await Promise.all(paths.map((path) => available(path)))).toEqual(
        paths.map(() => left),
      );
    }
    crowding = false;
    await Promise.all(crowd);
  });

  it('is seen whatever was changed: price, stock, what is in stock, a cancelled order, an end of sale', async () => {
    const admin = await shop.adminToken();
    const { token } = await shop.customer();
    const { id, variantId } = await shop.product({ title: 'Shelf of one', stock: 1 });
    const path = `/api/products/${id}`;
    const inStock = async () =>
      (await shop.api('GET', '/api/products?inStock=true&limit=100')).body.data.some(
        (product: { id: string }) => product.id === id,
      );
    expect([await available(path), await inStock()]).toEqual([1, true]);
    const { body: order } = await shop.order(token, variantId);
    expect([await available(path), await inStock()]).toEqual([0, false]);
    await shop.api('DELETE', `/api/orders/${order.id}`, { token });
    expect([await available(path), await inStock()]).toEqual([1, true]);
    await shop.api('PUT', path, { token: admin, body: { price: { amount: 5, currency: 'USD' } } });
    expect((await shop.api('GET', path)).body.price.amount).toBe(5);
    await shop.api('PUT', path, { token: admin, body: { stock: 7 } });
    expect(await available(path)).toBe(7);
    const adjusted = await shop.api('POST', `/api/inventory/${variantId}/adjustments`, {
      token: admin,
      body: { delta: 2, reason: 'Found' },
    });
    expect(adjusted.status).toBeLessThan(300);
    expect(await available(path)).toBe(9);
    await shop.api('DELETE', path, { token: admin });
    expect((await shop.api('GET', path)).status).toBe(404);
    expect((await shop.api('GET', '/api/products?limit=100')).body.data).not.toContainEqual(
      expect.objectContaining({ id }),
    );
  });

  it('is seen in another process, also when its ear was cut off', async () => {
    const { token } = await shop.customer();
    const product = await shop.product({ title: 'Far lamp', stock: 10 });
    const path = `/api/products/${product.id}`;
    await until(async () => (await other.api('GET', path)).status === 200);
    await shop.order(token, product.variantId);
    await until(async () => (await available(path, other)) === 9, { what: 'the order elsewhere' });

    await available(path, other);
    await database.db.selectNoFrom(({ fn }) => fn('pg_backend_pid', []).as('pid')).execute();
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'mainstay changes' AND datname = current_database()`,
    );
    await shop.order(token, product.variantId);
    expect(await available(path)).toBe(8);
    await until(async () => (await available(path, other)) === 8, { what: 'the order elsewhere' });
    await shop.order(token, product.variantId);
    await until(async () => (await available(path, other)) === 7, { what: 'the order elsewhere' });
  });

  it('is seen by who asks another process under their own name', async () => {
    const { token } = await shop.customer();
    const product = await shop.product({ stock: 10 });
    const path = `/api/products/${product.id}`;
    await available(path, other);
    await shop.order(token, product.variantId);
    const { body } = await other.api('GET', path, { token });
    expect(body.variants[0].available).toBe(9);
  });
});
