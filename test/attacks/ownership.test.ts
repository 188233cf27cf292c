import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { openBrowser } from '../identity/browser.ts';
import { browserOf, colleague, PASSWORD } from '../staff/support.ts';
import { addToCart } from '../storefront/buyer.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { type Actor, customerActor } from './access-actors.ts';
import { accessTable } from './access-tables.ts';
import { digest } from './digest.ts';

const TITLE = 'Walnut lectern';

let shop: TestShop;
let ada: Awaited<ReturnType<typeof customerActor>>;
/** What is Ada's, by what an address calls it. */
let hers: Record<string, string>;
let strangers: Actor[];
let product: { id: string; slug: string; variantId: string };
beforeAll(async () => {
  shop = await startShop({}, { role: 'web' });
  product = await shop.product({ title: TITLE });
  ada = await customerActor(shop, 'Ada');
  hers = await belongings();
  const packer = await colleague(shop, ['stock:read', 'stock:write']);
  strangers = [
    await customerActor(shop, 'another customer'),
    { ...(await member('staff', packer.email)), token: packer.token },
    // Who may see every order has no business with somebody's sessions all the same.
    {
      ...(await member('the owner', shop.admin.email, shop.admin.password)),
      token: await shop.adminToken(),
    },
  ];
});
afterAll(() => shop.stop());

async function member(name: string, email: string, password = PASSWORD): Promise<Actor> {
  const browser = await browserOf(shop, email, password);
  await browser.open('/account/password');
  return { name, kind: 'staff', rights: new Set(), browser };
}

/** Gives Ada one of each thing that belongs to somebody. */
async function belongings(): Promise<Record<string, string>> {
  const { token, id: userId } = ada;
  const { body: order } = await shop.order(token, product.variantId);
  const body = { orderId: order.id };
  const { body: payment } = await shop.api('POST', '/api/payments', { token, body });
  await shop.api('PUT', `/api/cart/items/${product.variantId}`, { token, body: { quantity: 2 } });
  const { body: sessions } = await shop.api('GET', '/api/auth/sessions', { token });
  const passkey = newId();
  await shop.db
    .insertInto('passkeys')
    .values({
      ...{ id: passkey, user_id: userId, credential_id: newId(), public_key: Buffer.of(1) },
      ...{ counter: 0, transports: [], name: 'Ada’s ring', last_used_at: null },
    })
    .execute();
  const session = sessions.data.find((one: { current: boolean }) => !one.current);
  return { orders: order.id, payments: payment.id, sessions: session.id, passkeys: passkey };
}

/** Routes for everybody signed in with something in their address that is no secret, and belongs to nobody. */
const ownerless = ['PUT /api/cart/items/:variantId'];
const addressed = (accessTable['signed-in'] ?? []).filter(
  (route) => route.includes('/:') && !ownerless.includes(route),
);

interface Asked {
  readonly status: number;
  readonly text: string;
}

async function ask(actor: Actor, method: string, path: string, body?: object): Promise<Asked> {
  if (path.startsWith('/api/')) {
    const answer = await shop.api(method, path, { token: actor.token, body });
    return { status: answer.status, text: JSON.stringify(answer.body) };
  }
  if (!actor.browser) throw new Error(`${actor.name} has no browser`);
  return method === 'GET' ? actor.browser.open(path) : actor.browser.submit(path, {});
}

/** Somebody's standing that a look at the tables of a shop does not show. */
async function adasSessions(): Promise<unknown> {
  return shop.db
    .selectFrom('sessions')
    .select(['id', 'revoked_at'])
    .where('user_id', '=', ada.id)
    .orderBy('id')
    .execute();
}

test('there is one of each thing that a route for everybody signed in names', () => {
  expect(addressed.length).toBeGreaterThan(8);
  for (const route of addressed)
    expect([route, hers[thingOf(route)]]).not.toEqual([route, undefined]);
});

const thingOf = (route: string) => /\/(\w+)\/:\w+/.exec(route)?.[1] ?? '';

test('what is somebody’s own is not there for anybody else, who changes nothing of it', async () => {
  const before = [await digest(shop.db), await adasSessions()];
  const found: string[] = [];
  for (const stranger of strangers)
    for (const route of addressed) {
      const [method = '', template = ''] = route.split(' ');
      const thing = thingOf(route);
      // Whose permission it is to see and change all orders does so on purpose.
      if (stranger.name === 'the owner' && ['orders', 'payments'].includes(thing)) continue;
      const path = template.replace(/:\w+/, hers[thing] ?? '');
      const body = method === 'PUT' ? { email: 'thief@example.test' } : undefined;
      const { status } = await ask(stranger, method, path, body);
      if (status !== 404) found.push(`${stranger.name}: ${route} answered ${status}`);
    }
  expect(found).toEqual([]);
  expect([await digest(shop.db), await adasSessions()]).toEqual(before);
});

test('nothing that one sees of oneself tells of somebody else: accounts, carts, orders, sessions, passkeys, data', async () => {
  const shown = (accessTable['signed-in'] ?? []).filter((route) => /^GET [^:]+$/.test(route));
  const marks = [
    ada.email,
    ada.id,
    TITLE,
    'Ada’s ring',
    'Ada&#8217;s ring',
    ...Object.values(hers),
  ];
  const [other, packer] = strangers as [Actor, Actor];
  const found: string[] = [];
  let seen = 0;
  for (const actor of [other, packer])
    for (const route of [...shown, 'POST /account/data']) {
      const [method = '', path = ''] = route.split(' ');
      const { status, text } = await ask(actor, method, path);
      if (status === 200) seen += 1;
      for (const mark of marks) if (text.includes(mark)) found.push(`${route} tells ${mark}`);
    }
  expect(found).toEqual([]);
  expect(seen).toBeGreaterThan(20);
  // And Ada does see them, so that the marks are what to look for.
  const data = await ask(ada, 'POST', '/account/data');
  for (const mark of [ada.email, ...Object.values(hers)]) expect(data.text).toContain(mark);
});

test('a cart is its owner’s or its browser’s alone, whatever others put into theirs', async () => {
  const cartOf = async (token: string) =>
    (await shop.api('GET', '/api/cart', { token })).body.lines;
  const adas = await cartOf(ada.token);
  const [other] = strangers as [Actor];
  expect(await cartOf(other.token ?? '')).toEqual([]);
  const guests = [openBrowser(shop.url), openBrowser(shop.url)] as const;
  await addToCart(guests[0], product.slug, '3');
  expect((await guests[0].open('/cart')).text).toContain(TITLE);
  expect((await guests[1].open('/cart')).text).not.toContain(TITLE);
  await guests[1].submit(`/cart/items/${product.variantId}`, { quantity: '0' });
  expect((await guests[0].open('/cart')).text).toContain(TITLE);
  await shop.api('PUT', `/api/cart/items/${product.variantId}`, {
    token: other.token,
    body: { quantity: 0 },
  });
  expect(await cartOf(ada.token)).toEqual(adas);
  expect(adas).toHaveLength(1);
});

test('a guest’s cart goes to whoever signs in at that browser, and is not left for the next', async () => {
  const browser = openBrowser(shop.url);
  await addToCart(browser, product.slug, '1');
  const { email } = await shop.customer();
  await browser.open('/sign-in');
  await browser.submit('/sign-in', { email, password: PASSWORD });
  expect((await browser.open('/cart')).text).toContain(TITLE);
  await browser.submit('/sign-out', {});
  expect((await browser.open('/cart')).text).not.toContain(TITLE);
});

test('a list of keys holds no key, and a key shows nothing of the person who made it', async () => {
  const token = await shop.adminToken();
  const expiresAt = new Date(Date.now() + 600_000).toISOString();
  const body = { name: 'A scanner', scopes: ['stock:read'], expiresAt };
  const { body: made } = await shop.api('POST', '/api/api-keys', { token, body });
  const list = await shop.api('GET', '/api/api-keys', { token });
  expect(JSON.stringify(list.body)).not.toContain(made.key);
  for (const path of ['/api/auth/profile', '/api/auth/sessions', '/api/cart', '/api/api-keys']) {
    const answer = await shop.api('GET', path, { token: made.key });
    expect([path, answer.status]).toEqual([path, 403]);
    expect(JSON.stringify(answer.body)).not.toContain(shop.admin.email);
  }
  for (const stranger of strangers.slice(0, 2)) {
    const revoke = await shop.api('DELETE', `/api/api-keys/${made.id}`, { token: stranger.token });
    expect(revoke.status).toBe(403);
  }
  expect((await shop.api('GET', '/api/inventory', { token: made.key })).status).toBe(200);
});
