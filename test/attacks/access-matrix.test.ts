import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Access } from '../../src/http/access.ts';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { type Actor, customerActor, ownerActors, staffActors } from './access-actors.ts';
import { accessTable, alsoNeeds, openToKeys, outside } from './access-tables.ts';
import { digest } from './digest.ts';

let shop: TestShop;
let actors: Actor[];
let buyer: Awaited<ReturnType<typeof customerActor>>;
beforeAll(async () => {
  // Without a worker nothing moves by itself.
  shop = await startShop({}, { role: 'web' });
  buyer = await customerActor(shop, 'a customer');
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  actors = [
    { name: 'nobody', kind: 'nobody', rights: new Set(), browser },
    buyer,
    ...(await staffActors(shop)),
    ...(await ownerActors(shop)),
  ];
});
afterAll(() => shop.stop());

interface Row {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

/** An id that nothing has: whoever is let in finds nothing, and changes nothing. */
const NOTHING = '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10';
const rows: Row[] = Object.entries(accessTable).flatMap(([access, routes]) =>
  routes.map((route) => {
    const [method = '', template = ''] = route.split(' ');
    const path = template.replaceAll(/:\w+/g, NOTHING);
    return { route, method, path, access: access as Access };
  }),
);

function lets({ kind, rights }: Actor, { access, route }: Row): boolean {
  if (access === 'anyone') return true;
  if (kind === 'nobody') return false;
  if (access === 'staff') return kind === 'staff';
  const also = alsoNeeds[route];
  if (access !== 'signed-in') return rights.has(access) && (also === undefined || rights.has(also));
  const needed = openToKeys[route];
  return kind !== 'key' || (needed !== undefined && rights.has(needed));
}

/** Asks for a route; null where the actor has no way to: a key opens no page. */
async function ask(actor: Actor, { method, path }: Row) {
  if (path.startsWith('/api/')) {
    const { status, body } = await shop.api(method, path, {
      ...(actor.token !== undefined && { token: actor.token }),
      // Refused by each schema: what is let in changes nothing either.
      ...(method === 'POST' || method === 'PUT' ? { body: { unknown: true } } : {}),
    });
    return { status, signIn: false, text: JSON.stringify(body), code: body?.code };
  }
  if (!actor.browser) return null;
  const { status, location, text } =
    method === 'GET' ? await actor.browser.open(path) : await actor.browser.submit(path, {});
  const signIn = status === 303 && (location ?? '').startsWith('/sign-in');
  return { status, signIn, text, code: undefined };
}

/** What is wrong with the answer that somebody gets; null: nothing. */
async function complaint(actor: Actor, row: Row): Promise<string | null> {
  const answer = await ask(actor, row);
  if (answer === null) return null;
  const { status, signIn } = answer;
  const told = `${actor.name}: ${row.route} answered ${status}`;
  if (status >= 500) return told;
  if (lets(actor, row)) return signIn || status === 401 || status === 403 ? told : null;
  if (answer.text.includes(buyer.email) && actor !== buyer) return `${told} and told of a customer`;
  if (actor.kind !== 'nobody') return status === 403 ? null : told;
  return row.path.startsWith('/api/') ? (status === 401 ? null : told) : signIn ? null : told;
}

async function complaints(pairs: readonly (readonly [Actor, Row])[]): Promise<string[]> {
  const found: string[] = [];
  const waiting = [...pairs];
  const worker = async () => {
    for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
      const wrong = await complaint(...pair);
      if (wrong !== null) found.push(wrong);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return found.sort();
}

test('every route stands in the table, and none twice', async () => {
  const text = await (await fetch(`${shop.url}/metrics`)).text();
  const lines = text.matchAll(/^http_requests_total\{method="(\w+)",route="([^"]*)"/gm);
  const routes = [...lines].flatMap(([, method, path]) =>
    method === 'HEAD' ? [] : [`${method} ${path}`],
  );
  const listed = [...rows.map(({ route }) => route), ...outside];
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed.sort()).toEqual([...new Set(routes)].sort());
});

test('whoever lacks the right is refused on every route, is told nothing and changes nothing', async () => {
  const pairs = actors.flatMap((actor) =>
    rows.filter((row) => !lets(actor, row)).map((row) => [actor, row] as const),
  );
  const before = await digest(shop.db);
  expect(await complaints(pairs)).toEqual([]);
  expect(await digest(shop.db)).toEqual(before);
});

test('whoever has the right is let in on every route', async () => {
  const own = await customerActor(shop, 'another customer');
  const pairs = rows.flatMap((row) => {
    if (row.route === 'POST /sign-out' || row.route === 'DELETE /api/auth/sessions') return [];
    const suit = row.access === 'anyone' ? actors.slice(0, 1) : actors;
    const allowed = suit.filter((actor) => lets(actor, row));
    // What ends sessions is for somebody whose session nothing else needs.
    return row.access === 'signed-in'
      ? [own, ...allowed.filter(({ kind }) => kind === 'key')].map((actor) => [actor, row] as const)
      : allowed.map((actor) => [actor, row] as const);
  });
  expect(await complaints(pairs)).toEqual([]);
});

test('what belongs to one customer is not there for any other, nor for staff without the permission', async () => {
  const other = await customerActor(shop, 'another customer');
  const { variantId } = await shop.product();
  const order = (await shop.order(buyer.token, variantId)).body.id;
  const payment = await shop.api('POST', '/api/payments', {
    token: buyer.token,
    body: { orderId: order },
  });
  const owned: Row[] = [
    ['GET', `/api/orders/${order}`],
    ['PUT', `/api/orders/${order}`],
    ['DELETE', `/api/orders/${order}`],
    ['GET', `/api/payments/${payment.body.id}`],
    ['GET', `/orders/${order}`],
    ['POST', `/orders/${order}/cancel`],
    ['POST', `/orders/${order}/pay`],
  ].map(([method = '', path = '']) => ({ method, path, route: '', access: 'signed-in' }));
  const strangers = [other, ...actors.filter(({ name }) => name === 'staff with stock:write')];
  const before = await digest(shop.db);
  for (const stranger of strangers)
    for (const row of owned) {
      const body = row.method === 'PUT' ? { email: 'thief@example.test' } : undefined;
      const answer = body
        ? await shop.api('PUT', row.path, { token: stranger.token ?? '', body })
        : await ask(stranger, row);
      expect([stranger.name, row.path, answer?.status]).toEqual([stranger.name, row.path, 404]);
    }
  const payments = await shop.api('POST', '/api/payments', {
    token: other.token,
    body: { orderId: order },
  });
  expect(payments.status).toBe(404);
  for (const path of ['/api/orders', '/api/payments'])
    expect((await shop.api('GET', path, { token: other.token })).body.data).toEqual([]);
  expect(await digest(shop.db)).toEqual(before);
  expect((await ask(buyer, owned[0] as Row))?.status).toBe(200);
});
