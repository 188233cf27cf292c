import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { signedEvent } from '../support/stripe-events.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop({ DEMO_CATALOGUE: 'off' }, { role: 'web' });
});
afterAll(() => shop.stop());

const known = Reflect.ownKeys(Object.prototype);
const JSON_NAMES = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
const NAMES = [
  ...['__proto__', '__proto__[polluted]', '__proto__.polluted', 'constructor.prototype.polluted'],
  ...[
    'constructor[prototype][polluted]',
    'options.__proto__.polluted',
    'variants.0.__proto__.polluted',
  ],
];
const pairs = () => NAMES.map((name): [string, string] => [name, '1']);

/** Every way in which names come in from outside, in this process, which serves the shop. */
const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  'the names of a query': () => shop.api('GET', `/api/products?${new URLSearchParams(pairs())}`),
  'the names of a page’s query': () =>
    shop.api('GET', `/search?q=a&${new URLSearchParams(pairs())}`),
  'the names of JSON': async () =>
    shop.api('POST', '/api/products', { token: await shop.adminToken(), body: JSON_NAMES }),
  'the names of options': async () =>
    shop.api('POST', '/api/products', {
      token: await shop.adminToken(),
      body: `{"title":"A","variants":[{"sku":"A","price":{"amount":1,"currency":"USD"},"options":${JSON_NAMES}}]}`,
    }),
  'the names of a form': async () => {
    const admin = await openConsole(shop);
    await admin.open('/admin/products/new');
    return admin.submit('/admin/products', { title: 'A', ...Object.fromEntries(pairs()) });
  },
  'the names of an upload': async () => {
    const form = new FormData();
    for (const [name, value] of pairs()) form.set(name, value);
    form.set('file', new Blob(['__proto__,constructor,Handle,Title\n1,2,a,A\n']), '__proto__.csv');
    return fetch(`${shop.url}/api/products/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await shop.adminToken()}` },
      body: form,
    });
  },
  'the columns of a file': async () =>
    shop.api('POST', '/api/products/import', {
      token: await shop.adminToken(),
      body: 'Handle,__proto__,__proto__.polluted,constructor,Title,Option1 Name,Option1 Value\n__proto__,1,1,1,A,__proto__,polluted\n',
      headers: { 'content-type': 'text/csv' },
    }),
  'the names of cookies': () => {
    const flash = Buffer.from(JSON_NAMES).toString('base64url');
    const cookie = `__proto__=1; constructor=1; mainstay_flash=${flash}`;
    return shop.api('GET', '/cart', { headers: { cookie } });
  },
  'an event of Stripe': () => {
    const object = { id: 'cs_1', object: 'checkout.session', metadata: JSON.parse(JSON_NAMES) };
    const event = { id: 'evt_names', object: 'event', type: '__proto__', data: { object } };
    return shop.api('POST', '/api/webhooks/stripe', signedEvent(event));
  },
};

test.each(Object.entries(ways))(
  'nothing that every object has changes by %s',
  async (_what, send) => {
    const { status } = (await send()) as { status: number };
    expect(status).toBeLessThan(500);
    expect(Reflect.ownKeys(Object.prototype)).toEqual(known);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  },
);
