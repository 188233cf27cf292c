import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { sendRaw } from './raw.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const post = (path: string, headers: readonly string[], body = '') =>
  [`POST ${path} HTTP/1.1`, 'Host: shop', ...headers, '', body].join('\r\n');
const JSON_TYPE = 'Content-Type: application/json';

/** The counter of refused connections. */
async function refused(reason: string): Promise<number> {
  const text = String((await shop.api('GET', '/metrics')).body);
  const line = new RegExp(`http_connections_refused_total\\{reason="${reason}"\\} (\\d+)`);
  return Number(line.exec(text)?.[1] ?? 0);
}

describe('a request that is too large in some way is refused with a problem', () => {
  it.each([
    [
      'a header of 17 KB',
      `GET / HTTP/1.1\r\nHost: shop\r\nX-Big: ${'x'.repeat(17_000)}\r\n\r\n`,
      431,
    ],
    [
      '101 headers',
      `GET /api/products HTTP/1.1\r\nHost: shop\r\n${'X-A: b\r\n'.repeat(100)}\r\n`,
      431,
    ],
    [
      'a query of 9000',
      `GET /api/products?q=${'x'.repeat(9000)} HTTP/1.1\r\nHost: shop\r\n\r\n`,
      414,
    ],
    ['a body of 1 MB and a bit', post('/api/orders', [JSON_TYPE, 'Content-Length: 1048577']), 413],
    ['a sign-in of 17 KB', post('/api/auth/login', [JSON_TYPE, 'Content-Length: 17000']), 413],
    [
      'a chunk with endless extensions',
      `${post('/api/auth/login', [JSON_TYPE, 'Transfer-Encoding: chunked'])}1;${'x'.repeat(20_000)}\r\n`,
      413,
    ],
  ])('%s', async (_what, text, status) => {
    const token = await shop.adminToken();
    const bytes = text.replace('Host: shop', `Host: shop\r\nAuthorization: Bearer ${token}`);
    const heard = await sendRaw(shop.url, [bytes], { answers: 1 });
    expect(heard.statuses).toEqual([status]);
    expect(heard.text).toMatch(/content-type: application\/problem\+json/i);
    expect(heard.problem).toMatchObject({ status, correlationId: expect.any(String) });
  });

  it('and counted where it never was a request', async () => {
    expect(await refused('too_large')).toBeGreaterThan(0);
  });
});

describe('what is no clean HTTP is refused, and nothing after it on the connection is looked at', () => {
  const next = 'GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n';
  it.each([
    [
      'two lengths',
      post('/api/auth/login', [JSON_TYPE, 'Content-Length: 2', 'Content-Length: 40'], '{}'),
    ],
    [
      'a length and chunks',
      post(
        '/api/auth/login',
        [JSON_TYPE, 'Content-Length: 4', 'Transfer-Encoding: chunked'],
        '0\r\n\r\n',
      ),
    ],
    [
      'chunks and something after them',
      post('/api/auth/login', [JSON_TYPE, 'Transfer-Encoding: chunked, identity'], '0\r\n\r\n'),
    ],
    [
      'an unknown transfer',
      post('/api/auth/login', [JSON_TYPE, 'Transfer-Encoding: xchunked'], '0\r\n\r\n'),
    ],
    ['a space before the colon', post('/api/auth/login', [JSON_TYPE, 'Content-Length : 2'], '{}')],
    [
      'a folded header',
      post('/api/auth/login', ['X-A: b\r\n c', JSON_TYPE, 'Content-Length: 2'], '{}'),
    ],
    ['a length with a sign', post('/api/auth/login', [JSON_TYPE, 'Content-Length: +2'], '{}')],
    ['a header ended by LF alone', 'GET /health/live HTTP/1.1\nHost: shop\n\n'],
    ['a NUL in a header', 'GET /health/live HTTP/1.1\r\nHost: shop\r\nX-A: a\0b\r\n\r\n'],
    ['a CR in a header', 'GET /health/live HTTP/1.1\r\nHost: shop\r\nX-A: a\rX-B: b\r\n\r\n'],
    ['a method that is none', 'BREW /pot HTTP/1.1\r\nHost: shop\r\n\r\n'],
    ['an address with a space', 'GET /health /live HTTP/1.1\r\nHost: shop\r\n\r\n'],
    ['not HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('%s', async (_what, bytes) => {
    const heard = await sendRaw(shop.url, [bytes + next]);
    expect(heard.closed).toBe(true);
    expect(heard.statuses).toEqual([400]);
    expect(heard.problem).toMatchObject({ code: 'validation_failed' });
  });

  it('a request without a host too', async () => {
    const heard = await sendRaw(shop.url, ['GET /health/live HTTP/1.1\r\n\r\n']);
    expect(heard.statuses).toEqual([400]);
  });
});

describe('a body that is more than it looks', () => {
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, ' '));

  it.each(['gzip', 'deflate', 'br', 'zstd', 'x-gzip'])(
    'encoded as %s is not unpacked',
    async (encoding) => {
      const heard = await sendRaw(
        shop.url,
        [
          post('/api/auth/login', [
            JSON_TYPE,
            `Content-Encoding: ${encoding}`,
            `Content-Length: ${Math.min(bomb.length, 16_000)}`,
          ]),
          bomb.subarray(0, 16_000),
        ],
        { answers: 1 },
      );
      expect(heard.statuses).toEqual([415]);
      expect(heard.problem?.code).toBe('unsupported_media_type');
    },
  );

  it('is refused when it is nested beyond reason, whatever stands inside', async () => {
    const token = await shop.adminToken();
    for (const body of [
      '['.repeat(100_000) + ']'.repeat(100_000),
      `{"title":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`,
    ]) {
      const answer = await shop.api('POST', '/api/products', { token, body });
      expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    }
  });

  it('is refused when it reaches for prototypes, and none is changed', async () => {
    const token = await shop.adminToken();
    for (const body of [
      '{"__proto__":{"isAdmin":true},"title":"T","sku":"S","price":{"amount":1,"currency":"USD"}}',
      '{"constructor":{"prototype":{"isAdmin":true}},"title":"T"}',
      '{"title":"T","options":[{"__proto__":{"isAdmin":true}}]}',
      '{"title":"T","\\u005f_proto__":{"isAdmin":true}}',
    ]) {
      const answer = await shop.api('POST', '/api/products', { token, body });
      expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    }
    const query = '/api/products?__proto__[isAdmin]=true&constructor.prototype.isAdmin=true';
    expect((await shop.api('GET', query)).status).toBeLessThan(500);
    const form = await shop.api('POST', '/sign-in', {
      body: '__proto__[isAdmin]=true&constructor[prototype][isAdmin]=true&_csrf=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.status).toBe(403);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });

  it('of a thousand parts, or of parts with endless headers, is refused', async () => {
    const token = await shop.adminToken();
    const part = (name: string, headers = '') =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n${headers}\r\nx\r\n`;
    const many = Array.from({ length: 1000 }, (_, index) => part(`field${index}`)).join('');
    const wide = part('wide', 'X-A: b\r\n'.repeat(20_000));
    for (const body of [`${many}--b--`, `${wide}--b--`]) {
      const answer = await shop.api('POST', '/api/products/import', {
        token,
        body,
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    const products = await shop.api('GET', '/api/products?status=all', { token });
    expect(products.body.data).toEqual([]);
  });
});

describe('nothing that is reflected', () => {
  const crlf = '%0d%0aSet-Cookie:%20stolen=1';
  it.each([
    `/sign-in?next=${crlf}`,
    `/sign-in?next=/account${crlf}`,
    `/search?q=${crlf}`,
    `/products?sort=${crlf}`,
    `/products/${crlf}`,
    `/css/${crlf}`,
    `/api/products/${crlf}`,
    `/account?x=${crlf}`,
    `/orders/${crlf}`,
  ])('%s adds a header', async (path) => {
    const heard = await sendRaw(shop.url, [
      `GET ${path} HTTP/1.1\r\nHost: shop\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
    ]);
    const head = heard.text.split('\r\n\r\n', 1)[0] ?? '';
    expect(head).not.toMatch(/^set-cookie: stolen/im);
    expect(heard.statuses[0]).toBeLessThan(500);
  });

  it('leads a method elsewhere: overrides in headers, queries and forms are not read', async () => {
    const { id } = await shop.product();
    const token = await shop.adminToken();
    const headers = {
      'x-http-method-override': 'DELETE',
      'x-http-method': 'DELETE',
      'x-method-override': 'DELETE',
    };
    for (const path of [`/api/products/${id}`, `/api/products/${id}?_method=DELETE`])
      expect(
        (await shop.api('POST', path, { token, headers, body: { _method: 'DELETE' } })).status,
      ).toBe(405);
    expect((await shop.api('GET', `/api/products/${id}`, { headers })).status).toBe(200);
  });
});

describe('files outside the public folder', () => {
  it.each([
    '/../package.json',
    '/css/../../package.json',
    '/css/..%2f..%2fpackage.json',
    '/%2e%2e/package.json',
    '/%2e%2e%2fpackage.json',
    '/..%5cpackage.json',
    '/css/%2e%2e/%2e%2e/src/main.ts',
    '/css/%252e%252e/%252e%252e/package.json',
    '//etc/passwd',
    '/file:///etc/passwd',
    '/css/mainstay.css%00.html',
    '/.git/config',
    '/.env',
  ])('are not served as %s', async (path) => {
    const heard = await sendRaw(shop.url, [
      `GET ${path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n`,
    ]);
    expect([400, 403, 404]).toContain(heard.statuses[0]);
    expect(heard.text).not.toMatch(/"name": "mainstay"|root:|loadConfig/);
  });
});

describe('a request that says of which type its body is, and has none, is answered', () => {
  const form = 'Content-Type: application/x-www-form-urlencoded';
  it.each([
    ['a change of a cart', 'PUT', '/api/cart/items/0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10', 400],
    ['a cancelled order', 'DELETE', '/api/orders/0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10', 404],
    ['an act without a body', 'DELETE', '/api/auth/sessions', 204],
    ['a sign-in', 'POST', '/api/auth/login', 400],
    ['an event of Stripe', 'POST', '/api/webhooks/stripe', 400],
    ['an address that takes another method', 'POST', '/api/auth/profile', 405],
    ['a form of a page', 'POST', '/cart/items', 403],
  ])('%s', async (_what, method, path, status) => {
    const { token } = await shop.customer();
    const signed = `Authorization: Bearer ${token}`;
    const type = path.startsWith('/api/') ? JSON_TYPE : form;
    const text = [`${method} ${path} HTTP/1.1`, 'Host: shop', signed, type, '', ''].join('\r\n');
    // Twice: the connection stays in step.
    const heard = await sendRaw(shop.url, [text, text], { answers: 2 });
    expect(heard.statuses).toEqual([status, status]);
  });
});
