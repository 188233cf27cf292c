import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKnowledge } from '../fuzz/knowledge.ts';
import { plant } from '../fuzz/plant.ts';
import type { Schema } from '../fuzz/values.ts';
import { browserOf } from '../staff/support.ts';
import { isPage, type Route, withRoutes } from '../support/routes.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { type Attempt, type Place, pathOf, placesOf, queryText } from './inputs.ts';
import { recordStatements } from './statements.ts';

/** A word that nothing but these attacks says. */
const MARK = 'zq7mark';
const attacks = {
  sql: `${MARK}' OR 1=1; SELECT pg_sleep(9) --`,
  word: MARK,
  markup: `'"><script>${MARK}</script><img src=x onerror=${MARK}>`,
  'a path and a header': `../../../../../../etc/passwd\r\nx-injected: 1\r\n\r\n${MARK}`,
} as const;
/** What only a file of this machine says. */
const FILE = /root:.*:0:0:/;

let shop: TestShop;
let routes: Route[];
let formToken = '';
let places: { route: Route; place: Place }[];
let browser: Awaited<ReturnType<typeof browserOf>>;
const knowledge = createKnowledge(() => false);
/** Where the mark went in the database. */
let sent: ReturnType<typeof recordStatements>;

beforeAll(async () => {
  sent = recordStatements(MARK);
  const { started, routes: all } = await withRoutes(() => startShop({}, { role: 'web' }));
  shop = started;
  routes = all.filter((route) => isPage(route) || route.url.startsWith('/api/'));
  await plant(shop);
  browser = await browserOf(shop, shop.admin.email, shop.admin.password);
  await browser.open('/account/password');
  await learn();
  places = routes.flatMap((route) => placesOf(route, knowledge).map((place) => ({ route, place })));
});
afterAll(async () => {
  sent.stop();
  await shop.stop();
});

/** What the console's addresses call what the API calls otherwise. */
const alsoCalled: Readonly<Record<string, readonly string[]>> = {
  'webhook-endpoints': ['endpoints'],
  members: ['staff'],
};

/** Has the ids of what there is known. */
async function learn(): Promise<void> {
  const token = await shop.adminToken();
  const listed = (await shop.api('GET', '/api/products', { token })).body;
  const [{ variants }] = listed.data;
  await shop.order(token, variants[0].id);
  knowledge.learnFrom(variants[0], 'stock', '');
  for (const path of [
    'products',
    'orders',
    'webhook-endpoints',
    'tasks',
    'staff/roles',
    'staff/members',
    'auth/sessions',
  ]) {
    const { body } = await shop.api('GET', `/api/${path}`, { token });
    const kind = path.split('/').at(-1) ?? '';
    for (const name of [kind, ...(alsoCalled[kind] ?? [])]) knowledge.learnFrom(body, name, '');
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function ask(route: Route, { url, body }: Attempt): Promise<Answer> {
  const page = isPage(route);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(`${shop.url}${url}`, {
    method: route.method,
    redirect: 'manual',
    headers: {
      accept: page ? 'text/html' : 'application/json',
      ...(page ? { cookie } : { authorization: `Bearer ${await shop.adminToken()}` }),
      ...(body === undefined ? {} : { 'content-type': page ? FORM : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: page ? formOf(body) : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const FORM = 'application/x-www-form-urlencoded';

function formOf(fields: unknown): string {
  return queryText({ _csrf: formToken, ...(fields as object) });
}

/** What is wrong with an answer. */
function complaintsAbout({ status, headers, text }: Answer): string[] {
  const location = headers.get('location');
  const html = (headers.get('content-type') ?? '').startsWith('text/html');
  return [
    ...(status >= 500 ? [`${status}`] : []),
    ...(headers.has('x-injected') ? ['a header of the request’s making'] : []),
    ...(FILE.test(text) ? ['a file of the machine'] : []),
    ...(html && isMarkup(text) ? ['markup of the request’s making'] : []),
    ...(location !== null && leadsAway(location) ? [`leads to ${location}`] : []),
  ];
}

function isMarkup(html: string): boolean {
  return new RegExp(`<script>${MARK}|onerror=${MARK}>`).test(html);
}

function leadsAway(location: string): boolean {
  const { origin } = new URL(location, shop.url);
  return origin !== new URL(shop.url).origin && origin !== new URL(shop.standInUrl).origin;
}

test.each(Object.entries(attacks))(
  'in no place that takes text does any route fall for %s',
  async (_what, attack) => {
    const { text } = await browser.open('/account/password');
    formToken = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const found: string[] = [];
    for (const { route, place } of places) {
      const attempt = place(attack);
      for (const complaint of complaintsAbout(await ask(route, attempt)))
        found.push(`${route.name} ${attempt.what}: ${complaint}`);
    }
    expect(found).toEqual([]);
    expect(places.length).toBeGreaterThan(250);
  },
);

test('none of it became a statement; it went to PostgreSQL as parameters', () => {
  expect([...sent.statements]).toEqual([]);
  expect(sent.withParameter.size).toBeGreaterThan(25);
});

test('nor does any page show what was kept of it as anything but text', async () => {
  const found: string[] = [];
  for (const route of routes.filter((one) => isPage(one) && one.method === 'GET')) {
    const answer = await ask(route, { what: '', url: pathOf(route.url, knowledge) });
    if (isMarkup(answer.text)) found.push(route.name);
  }
  expect(found).toEqual([]);
});

test('no route of any number lets one in that has no end', () => {
  const endless = routes.flatMap(({ name, schema }) =>
    Object.entries((schema.querystring as Schema | undefined)?.properties ?? {}).flatMap(
      ([key, { type, minimum, maximum }]) =>
        (type === 'integer' || type === 'number') && (minimum ?? maximum) === undefined
          ? [`${name} ${key}`]
          : [],
    ),
  );
  expect(endless).toEqual([]);
});

/** Where a schema of what is sent lets a text in that has no longest length. */
function endlessTexts(schema: Schema | undefined, at: string): string[] {
  if (schema === undefined) return [];
  const { type, maxLength, format, pattern } = schema;
  const open = type === 'string' && maxLength === undefined && !schema.enum && !('const' in schema);
  const ends =
    /^(uuid|date|date-time|time)$/.test(format ?? '') || /^\^[^*+]*\$$/.test(pattern ?? '');
  return [
    ...(open && !ends ? [at] : []),
    ...Object.entries({ ...schema.properties, ...schema.patternProperties }).flatMap(([key, one]) =>
      endlessTexts(one, `${at}.${key}`),
    ),
    ...[schema.items, ...(schema.anyOf ?? [])].flatMap((one) => endlessTexts(one, at)),
  ];
}

test('nor of any text in a body or a query', () => {
  const endless = routes.flatMap(({ name, schema }) =>
    (['body', 'querystring'] as const).flatMap((part) =>
      endlessTexts(schema[part] as Schema | undefined, `${name} ${part}`),
    ),
  );
  expect(endless).toEqual([]);
});
