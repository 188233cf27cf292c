import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { pages } from './pages-of-a-browser.ts';

let shop: Awaited<ReturnType<typeof pages>>;
beforeAll(async () => {
  shop = await pages();
});
afterAll(() => shop.app.close());

describe('a form', () => {
  const visitor = 'v'.repeat(43);
  let token: string;
  beforeAll(async () => {
    token = (await shop.open('/', { mainstay_visitor: visitor })).json().token;
  });
  interface Sent {
    readonly given?: unknown;
    readonly headers?: Record<string, string>;
    readonly by?: string;
  }
  const send = ({ given = token, headers = {}, by = visitor }: Sent = {}) =>
    shop.app.inject({
      ...{ method: 'POST', url: '/form', cookies: { mainstay_visitor: by } },
      payload: { _csrf: given },
      headers: { host: 'shop.example', ...headers },
    });

  it('is taken from the browser that it was drawn for', async () => {
    expect((await send()).statusCode).toBe(200);
    const refused = await send({ by: 'w'.repeat(43) });
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'forbidden']);
    expect(refused.json().detail).toContain('reload the page');
  });

  it('is refused without its token, or with another', async () => {
    const [first = ''] = token;
    const changed = token.replace(first, first === 'A' ? 'B' : 'A');
    for (const given of ['', 'x', changed, token.slice(1), [token], { token }, 7])
      expect((await send({ given })).statusCode).toBe(403);
    const bare = { method: 'POST', url: '/form', cookies: { mainstay_visitor: visitor } } as const;
    expect((await shop.app.inject(bare)).statusCode).toBe(403);
    const inQuery = await shop.app.inject({ ...bare, url: `/form?_csrf=${token}` });
    expect(inQuery.statusCode).toBe(403);
  });

  test.each<[string, Record<string, string>, number]>([
    ['the shop itself', { 'sec-fetch-site': 'same-origin' }, 200],
    ['the person alone', { 'sec-fetch-site': 'none' }, 200],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling of the shop’s domain', { 'sec-fetch-site': 'same-site' }, 403],
    [
      'another site that lies of its origin',
      { 'sec-fetch-site': 'cross-site', origin: 'https://shop.example' },
      403,
    ],
    ['an older browser at the shop', { origin: 'https://shop.example' }, 200],
    ['an older browser elsewhere', { origin: 'https://evil.example' }, 403],
    ['an older browser at another port', { origin: 'https://shop.example:8443' }, 403],
    ['a page in a sandbox', { origin: 'null' }, 403],
    ['who knows where', { origin: 'shop.example' }, 403],
  ])('from %s', async (_whom, headers, status) => {
    expect((await send({ headers })).statusCode).toBe(status);
  });

  it('that uploads carries its token in its address alone', async () => {
    const upload = (query: string, field: string) =>
      shop.app.inject({
        ...{ method: 'POST', url: `/upload${query}`, cookies: { mainstay_visitor: visitor } },
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        payload: `--b\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n${field}\r\n--b--\r\n`,
      });
    expect((await upload(`?_csrf=${token}`, '')).statusCode).toBe(200);
    expect((await upload('', token)).statusCode).toBe(403);
    expect((await upload('?_csrf=x', token)).statusCode).toBe(403);
  });

  it('may be as long as a description is, and no longer', async () => {
    const long = (bytes: number) =>
      shop.app.inject({
        ...{ method: 'POST', url: '/form', cookies: { mainstay_visitor: visitor } },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: `_csrf=${token}&text=${'x'.repeat(bytes)}`,
      });
    expect((await long(250 * 1024)).statusCode).toBe(200);
    expect((await long(256 * 1024)).statusCode).toBe(413);
  });

  it('is what is bound, not what is only read', async () => {
    const head = await shop.app.inject({ method: 'HEAD', url: '/' });
    expect(head.statusCode).toBe(200);
  });
});
