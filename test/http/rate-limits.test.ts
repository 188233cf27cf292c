import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLASSES } from '../../src/http/limits/route-classes.ts';
import type { Answer } from '../support/api.ts';
import { operationsOf } from '../support/contract/document.ts';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  // Two uploads a minute, so that this needs no haste.
  shop = await startShop({ RATE_LIMIT: 'on', RATE_LIMIT_PERCENT: '2' });
});
afterAll(() => shop.stop());

/** The names of the policies that an answer says it was held to, e.g. "read". */
async function policyOf(method: string, path: string): Promise<string> {
  const { headers } = await shop.api(method, path);
  const policy = /^"(\w+)";q=(\d+);w=60$/.exec(headers.get('ratelimit-policy') ?? '');
  const state = /^"(\w+)";r=(\d+);t=(\d+)$/.exec(headers.get('ratelimit') ?? '');
  if (!policy || !state) return 'none';
  expect(state[1]).toBe(policy[1]);
  expect(Number(state[2])).toBeLessThan(Number(policy[2]));
  return String(policy[1]);
}

/** Asks until refused, and returns that answer. */
async function refusalOf(path: string, options = {}, method = 'POST'): Promise<Answer> {
  for (let asked = 0; asked < 200; asked += 1) {
    const answer = await shop.api(method, path, options);
    if (answer.status === 429) return answer;
  }
  throw new Error(`${path} is never refused`);
}

describe('every route', () => {
  it('is held to the rate of its class and says so, but for probes and scrapes', async () => {
    const document = (await shop.api('GET', '/api-docs/json')).body;
    const unlimited: string[] = [];
    for (const { method, path, name } of operationsOf(document))
      if ((await policyOf(method, path.replace(/\{\w+\}/g, 'x'))) === 'none') unlimited.push(name);
    expect(unlimited).toEqual(['GET /health/live', 'GET /health/ready', 'GET /metrics']);
  });

  it.each([
    ['GET', '/', 'page'],
    ['GET', '/no-such-page', 'asset'],
    ['POST', '/no-such-page', 'page'],
    ['GET', '/search?q=oak', 'search'],
    ['GET', '/css/mainstay.css', 'asset'],
    ['GET', '/admin/orders', 'console'],
    ['POST', '/sign-in', 'auth'],
    ['POST', '/checkout', 'order'],
    ['POST', '/cart/items', 'write'],
    ['POST', '/admin/import', 'upload'],
    ['GET', '/api/products', 'read'],
    ['GET', '/api/products/search?q=oak', 'search'],
    ['POST', '/api/products', 'write'],
    ['POST', '/api/products/import', 'upload'],
    ['POST', '/api/auth/login', 'auth'],
    ['GET', '/api/auth/profile', 'read'],
    ['POST', '/api/orders', 'order'],
    ['POST', '/api/checkout', 'order'],
    ['POST', '/api/webhooks/stripe', 'webhook'],
    ['GET', '/api-docs', 'page'],
  ])('%s %s is of the class %s', async (method, path, name) => {
    expect(await policyOf(method, path)).toBe(name);
  });

  it('takes what a quick program sends: no class that reads or writes is below 20 a second', () => {
    const { asset, page, read, search, console: admin, write, order, auth } = CLASSES;
    for (const { limit } of [asset, page, read, search, admin])
      expect(limit).toBeGreaterThanOrEqual(3000);
    for (const { limit } of [write, order, auth]) expect(limit).toBeGreaterThanOrEqual(1200);
  });
});

describe('who asks too often', () => {
  const upload = '/api/products/import';

  it('is refused with a problem that says when to come again; others and other classes are served', async () => {
    const { token } = await shop.customer();
    const refused = await refusalOf(upload);
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(30);
    expect(refused.headers.get('ratelimit')).toBe(`"upload";r=0;t=${seconds}`);
    expect(refused.headers.get('ratelimit-policy')).toBe('"upload";q=2;w=60');
    expect(refused.headers.get('content-security-policy')).toContain("default-src 'self'");

    expect((await shop.api('GET', '/api/products')).status).toBe(200);
    expect((await shop.api('POST', upload, { token })).status).toBe(403);
    const metrics = String((await shop.api('GET', '/metrics')).body);
    expect(metrics).toMatch(/^rate_limited_requests_total\{class="upload"\} [1-9]/m);
    expect(metrics).toMatch(/^rate_limited_requests_total\{class="page"\} 0$/m);
  });

  it('is told so by a page where a browser asks', async () => {
    const { headers, body } = await refusalOf('/admin/import', {
      headers: { accept: 'text/html' },
    });
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(body).toContain('Too many requests');
  });

  it('has a limit of their own when signed in, wherever they ask from', async () => {
    const [ada, ben] = [await shop.customer(), await shop.customer()];
    expect((await refusalOf(upload, { token: ada.token })).status).toBe(429);
    expect((await shop.api('POST', upload, { token: ben.token })).status).toBe(403);
  });

  it('and guesses tokens is refused before a token is looked at, also with a good one', async () => {
    const { token } = await shop.customer();
    const guess = { token: 'not.a.token' };
    const refused = await refusalOf('/api/orders', guess, 'GET');
    expect(refused.headers.get('ratelimit-policy')).toBe('"credentials";q=24;w=60');
    expect((await refusalOf('/api/orders', { token }, 'GET')).headers.get('ratelimit')).toContain(
      '"credentials";r=0',
    );
    expect((await shop.api('GET', '/css/mainstay.css')).status).toBe(200);
  });

  it('and guesses sessions is refused in the same way', async () => {
    const headers = { cookie: 'mainstay_session=guessed' };
    const refused = await refusalOf('/sign-in', { headers }, 'GET');
    expect(refused.headers.get('ratelimit')).toContain('"credentials";r=0');
  });
});
