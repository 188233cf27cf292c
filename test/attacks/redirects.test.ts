import { afterAll, beforeAll, expect, test } from 'vitest';
import { localPath } from '../../src/http/ways.ts';
import { openBrowser } from '../identity/browser.ts';
import { browserOf, PASSWORD } from '../staff/support.ts';
import { isPage, type Route, withRoutes } from '../support/routes.ts';
import { startShop, type TestShop } from '../support/shop.ts';

/** Addresses that some browser or parser takes for another site, or for a script. */
const ELSEWHERE = [
  ...['https://evil.example', 'HTTPS://evil.example/', 'https:evil.example', 'http:/evil.example'],
  ...['//evil.example', '///evil.example', '////evil.example/a', '//evil.example@shop.example/'],
  ...[
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/\\/evil.example',
    '//\\evil.example',
  ],
  ...['/..//evil.example', '/.//evil.example', '/a/..//evil.example', '/%2e%2e//evil.example'],
  ...[
    '/a/../..//evil.example',
    '/.\\/evil.example',
    '/..\\\\evil.example',
    '/%2E//evil.example/a?b#c',
  ],
  ...[
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    '/\r\n/evil.example',
    ' //evil.example',
  ],
  ...['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,<script>alert(1)</script>'],
  ...[
    '@evil.example',
    '.evil.example',
    'evil.example',
    '?next=//evil.example',
    '#//evil.example',
    '',
  ],
  ...[
    'https://shop.invalid@evil.example',
    '//shop.invalid',
    '/\u0000/evil.example',
    '/\u2028/evil.example',
  ],
];
/** Those that stay here, however they look. */
const HERE = [
  '/cart',
  '/products?q=a%2F%2Fb#top',
  '/%5cevil.example',
  '/a//evil.example',
  '/%2f%2fevil.example',
];

let shop: TestShop;
let routes: Route[];
beforeAll(async () => {
  const { started, routes: all } = await withRoutes(() => startShop({}, { role: 'web' }));
  shop = started;
  routes = all.filter(isPage);
});
afterAll(() => shop.stop());

/** Where a browser that is on the page would go. */
const led = (location: string, page = '/sign-in') => new URL(location, new URL(page, shop.url));

test.each(ELSEWHERE)('%j leads nowhere else', (next) => {
  const { origin } = led(localPath(next, '/fallback'));
  expect(origin).toBe(new URL(shop.url).origin);
});

test.each(HERE)('%j is gone to', (next) => {
  expect(led(localPath(next, '/fallback')).href).toBe(new URL(next, shop.url).href);
});

/**
 * Pages on which one comes back from where one was sent, and what they ask for. Those that take a passkey's answer
 * get none here: where a right one leads is in `test/factors/passkey-attacks.test.ts`.
 */
const returning: Readonly<Record<string, Record<string, string>>> = {
  'GET /sign-in': {},
  'POST /sign-in': {},
  'GET /sign-up': {},
  'POST /sign-up': {},
  'GET /sign-in/second-step': {},
  'POST /sign-in/second-step': { code: '000000' },
  'GET /confirm': {},
  'POST /confirm': { password: PASSWORD },
  'POST /sign-in/passkey': {},
  'POST /sign-in/second-step/passkey': {},
  'GET /sign-in/provider': {},
  'GET /confirm/provider': {},
  'POST /confirm/passkey': {},
};

test('every page that leads on to a given address is known here', () => {
  const takers = routes.filter(({ schema }) =>
    JSON.stringify(schema).match(/"(next|return\w*|back|url|to)":/),
  );
  // An endpoint's address is where events go to, and a trail's `to` is a day.
  const others = /^(GET|POST) \/admin\/(endpoints|trail|ledger)/;
  const names = takers.map(({ name }) => name).filter((name) => !others.test(name));
  expect(names.sort()).toEqual(Object.keys(returning).sort());
});

test('none of them leads a person who is signed in elsewhere, nor puts such an address into a page', async () => {
  const { email } = await shop.customer();
  const browser = await browserOf(shop, email);
  await browser.open('/confirm');
  for (const next of [
    '//evil.example',
    '/..//evil.example',
    '/\\evil.example',
    'https://evil.example/',
  ])
    for (const [name, fields] of Object.entries(returning)) {
      const [method, path = ''] = name.split(' ');
      const address = `${path}?next=${encodeURIComponent(next)}`;
      const answer =
        method === 'GET' ? await browser.open(address) : await browser.submit(address, fields);
      expect([name, answer.status < 500]).toEqual([name, true]);
      if (answer.location !== null)
        expect([name, led(answer.location, path).origin]).toEqual([name, new URL(shop.url).origin]);
      for (const [, link = ''] of answer.text.matchAll(/(?:href|action)="([^"]+)"/g))
        expect([name, led(link.replaceAll('&#38;', '&'), path).host]).not.toEqual([
          name,
          'evil.example',
        ]);
    }
});

test('nor a person who signs in or signs up there', async () => {
  const { email } = await shop.customer();
  for (const next of ['/..//evil.example', '/\\evil.example']) {
    const to = `?next=${encodeURIComponent(next)}`;
    const known = openBrowser(shop.url);
    await known.open(`/sign-in${to}`);
    const entered = await known.submit(`/sign-in${to}`, { email, password: PASSWORD });
    const fresh = openBrowser(shop.url);
    await fresh.open(`/sign-up${to}`);
    const account = { email: `new-${email}${next.length}`, password: PASSWORD, name: '' };
    const made = await fresh.submit(`/sign-up${to}`, account);
    for (const { status, location } of [entered, made])
      expect([status, led(location ?? '').origin]).toEqual([303, new URL(shop.url).origin]);
  }
});

test('who must sign in first comes back to the page alone, whatever its address looks like', async () => {
  for (const path of [
    '/account',
    '/account?next=//evil.example',
    '/account/?a=//evil.example',
    '/admin/..//evil.example',
  ]) {
    const response = await fetch(`${shop.url}${path}`, { redirect: 'manual' });
    const location = response.headers.get('location');
    if (location === null) continue;
    const next = led(location).searchParams.get('next') ?? '';
    expect(led(localPath(next, '/')).origin).toBe(new URL(shop.url).origin);
    expect(led(location).pathname).toBe('/sign-in');
  }
});
