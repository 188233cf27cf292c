import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sendPage } from '../../src/http/browser.ts';
import { html } from '../../src/http/html.ts';
import { askToSignIn, localPath, moveOn, withNext } from '../../src/http/ways.ts';
import { actors, ask, bareApp } from './guarded.ts';

describe('where a page leads on to', () => {
  const HOSTILE = [
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2f',
    '@',
    ':',
    '?',
    '#',
    '\t',
    '\n',
    'a',
    'evil.example',
  ];

  it('is this shop, whatever is asked, and stays so when it is asked again', () => {
    const next = fc.array(fc.constantFrom(...HOSTILE, 'https:', 'javascript:'), { maxLength: 8 });
    fc.assert(
      fc.property(next, (parts) => {
        const path = localPath(parts.join(''), '/fallback');
        expect(path).toMatch(/^\/(?![/\\])/);
        expect(new URL(path, 'https://shop.example').origin).toBe('https://shop.example');
        expect(localPath(path, '/fallback')).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps path, query and place', () => {
    expect(localPath('/products?q=a%2Fb#top', '/')).toBe('/products?q=a%2Fb#top');
    for (const elsewhere of [undefined, '', 'cart', '?a', '//evil.example', '/..//evil.example'])
      expect(localPath(elsewhere, '/here')).toBe('/here');
  });

  it('is where they came from, else where they shop or work', async () => {
    const app = bareApp();
    app.get<{ Querystring: { next?: string } }>('/', async (request, reply) =>
      moveOn(reply, request.principal ?? actors.customer, request.query.next),
    );
    const led = async (who: 'customer' | 'clerk' | 'owner', query = '') =>
      (await ask(app, who, `/${query}`)).headers.location;
    expect(await led('customer')).toBe('/');
    expect(await led('clerk')).toBe('/admin');
    expect(await led('owner')).toBe('/admin');
    expect(await led('owner', '?next=/cart')).toBe('/cart');
    expect(await led('owner', '?next=//evil.example')).toBe('/admin');
  });

  it('is the sign-in, and back to the page that was asked for; after a form, to the page that it stands on', async () => {
    const app = bareApp();
    const answer = askToSignIn(app);
    app.get('/orders', async (request, reply) => answer(request, reply));
    app.post('/orders', async (request, reply) => answer(request, reply));
    app.post('/orders/:id/pay', async (request, reply) => answer(request, reply));
    app.post('/elsewhere', async (request, reply) => answer(request, reply));
    const opened = await ask(app, 'nobody', '/orders?page=2&a=b');
    expect([opened.status, opened.headers.location]).toEqual([
      ...[303, '/sign-in?next=%2Forders%3Fpage%3D2%26a%3Db'],
    ]);
    const sent = async (path: string) => (await ask(app, 'nobody', path, 'POST')).headers.location;
    expect(await sent('/orders')).toBe('/sign-in?next=%2Forders');
    expect(await sent('/orders/7/pay')).toBe('/sign-in?next=%2Forders');
    expect(await sent('/elsewhere')).toBe('/sign-in?next=%2F');
    for (const [query, left] of [
      ['?_csrf=t', ''],
      ['?_csrf=t&a=b', '?a=b'],
      ['?a=b&_csrf=t', '?a=b'],
    ] as const)
      expect(await sent(`/orders${query}`)).toBe(withNext('/sign-in', `/orders${left}`));
  });

  it('is remembered in an address', () => {
    expect(withNext('/sign-in', '/cart?a=b')).toBe('/sign-in?next=%2Fcart%3Fa%3Db');
    expect(withNext('/sign-in', undefined)).toBe('/sign-in');
  });
});

describe('a page', () => {
  it('is HTML in UTF-8, and found unless it is said otherwise', async () => {
    const app = bareApp();
    app.get('/', async (_request, reply) => sendPage(reply, html`<p>${'<b>'}</p>`));
    app.get('/gone', async (_request, reply) => sendPage(reply, html`<p>Gone</p>`, 410));
    const { statusCode, headers, body } = await app.inject('/');
    expect([statusCode, headers['content-type'], body]).toEqual([
      ...[200, 'text/html; charset=utf-8', '<p>&#60;b&#62;</p>'],
    ]);
    expect((await app.inject('/gone')).statusCode).toBe(410);
  });
});
