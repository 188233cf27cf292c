import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop;
let token: string;

beforeAll(async () => {
  shop = await startShop({ DEMO_CATALOGUE: 'off' });
  token = await shop.adminToken();
  const products = [
    ['Enamel mug', 1800, 3, ['Kitchen'], ['enamel'], 'A half-pint mug for coffee.'],
    ['Carbon steel pan', 4800, 0, ['Kitchen'], ['steel'], 'Heats quickly.'],
    ['Wool socks', 1500, 9, ['Wear'], ['wool'], 'Warm.'],
    ['Rain jacket', 12900, 2, ['Wear', 'Outdoors'], ['waterproof'], 'Keeps running water out.'],
    ['Camp lantern', 4800, 5, ['Outdoors'], ['camping', 'steel'], 'Bright.'],
    ['Scissors', 2600, 4, [], ['steel'], 'For paper, not for socks.'],
  ] as const;
  for (const [title, amount, stock, categories, tags, description] of products)
    await shop.api('POST', '/api/products', {
      token,
      body: {
        title,
        price: { amount, currency: 'USD' },
        stock,
        categories,
        tags,
        description,
        vendor: 'Lund',
      },
    });
  await shop.api('POST', '/api/products', {
    token,
    body: { title: 'Draft mug', status: 'draft', price: { amount: 1, currency: 'USD' } },
  });
});
afterAll(() => shop.stop());

async function titles(path: string, options = {}): Promise<string[]> {
  const { status, body } = await shop.api('GET', path, options);
  expect(status).toBe(200);
  return body.data.map((product: { title: string }) => product.title);
}

async function allPages(path: string): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: Awaited<ReturnType<TestShop['api']>> = await shop.api(
      'GET',
      `${path}${cursor && `&cursor=${cursor}`}`,
    );
    found.push(...body.data.map((product: { title: string }) => product.title));
    cursor = body.nextCursor;
  }
  return found;
}

const byAge = [
  'Scissors',
  'Camp lantern',
  'Rain jacket',
  'Wool socks',
  'Carbon steel pan',
  'Enamel mug',
];

describe('the list of products', () => {
  test.each([
    ['newest', byAge],
    ['oldest', byAge.toReversed()],
    ['title', byAge.toSorted()],
    [
      'price',
      ['Wool socks', 'Enamel mug', 'Scissors', 'Carbon steel pan', 'Camp lantern', 'Rain jacket'],
    ],
    [
      '-price',
      ['Rain jacket', 'Camp lantern', 'Carbon steel pan', 'Scissors', 'Enamel mug', 'Wool socks'],
    ],
  ])('sorted by %s is the same whole and in pages', async (sort, expected) => {
    expect(await titles(`/api/products?sort=${sort}`)).toEqual(expected);
    expect(await allPages(`/api/products?sort=${sort}&limit=2`)).toEqual(expected);
  });

  test.each([
    ['category=kitchen', ['Carbon steel pan', 'Enamel mug']],
    ['category=outdoors&inStock=true', ['Camp lantern', 'Rain jacket']],
    ['category=nowhere', []],
    ['tag=steel', ['Scissors', 'Camp lantern', 'Carbon steel pan']],
    ['tag=steel&inStock=true', ['Scissors', 'Camp lantern']],
    ['minPrice=1800&maxPrice=2600', ['Scissors', 'Enamel mug']],
    ['vendor=Lund&maxPrice=1500', ['Wool socks']],
  ])('filtered by %s shows what fits', async (query, expected) => {
    expect(await titles(`/api/products?${query}`)).toEqual(expected);
  });

  test('neither repeats nor skips a product when others come in between two pages', async () => {
    const first = await shop.api('GET', '/api/products?limit=3');
    const { body: extra } = await shop.api('POST', '/api/products', {
      token,
      body: { title: 'Newcomer', price: { amount: 1, currency: 'USD' } },
    });
    const rest = await titles(`/api/products?limit=3&cursor=${first.body.nextCursor}`);
    expect(rest).toEqual(byAge.slice(3));
    await shop.api('DELETE', `/api/products/${extra.id}`, { token });
  });

  test('shows drafts to administrators who ask, and to nobody else', async () => {
    expect(await titles('/api/products?status=draft', { token })).toEqual(['Draft mug']);
    expect(await titles('/api/products?status=all', { token })).toHaveLength(7);
    expect(await titles('/api/products?status=draft')).toEqual(byAge);
  });

  test.each([
    'limit=0',
    'limit=101',
    'cursor=nonsense',
    `cursor=${Buffer.from('["a","b"]').toString('base64url')}`,
    'sort=best',
    'minPrice=-1',
    'minPrice=1.5',
    'inStock=maybe',
    'colour=red',
    'tag=%00',
  ])('asked with %s is a 400', async (query) => {
    expect((await shop.api('GET', `/api/products?${query}`)).status).toBe(400);
  });

  test('of another order does not take its cursor', async () => {
    const { body } = await shop.api('GET', '/api/products?limit=1&sort=title');
    const { status } = await shop.api('GET', `/api/products?sort=price&cursor=${body.nextCursor}`);
    expect(status).toBe(400);
  });
});

describe('searching', () => {
  const search = (q: string) => titles(`/api/products/search?q=${encodeURIComponent(q)}`);

  test.each([
    ['a word', 'lantern', ['Camp lantern']],
    ['another form of it', 'mugs', ['Enamel mug']],
    ['a form of a word in the text', 'runs', ['Rain jacket']],
    ['the beginning of a word', 'jack', ['Rain jacket']],
    ['all of several words', 'steel pan', ['Carbon steel pan']],
    ['a letter left out', 'enmel', ['Enamel mug']],
    ['letters swapped', 'scisosrs', ['Scissors']],
    ['a wrong letter', 'wook', ['Wool socks']],
    ['a letter too many in one of two words', 'camp lanternn', ['Camp lantern']],
    ['a swapped letter in a short word', 'wool sokcs', ['Wool socks']],
    ['small words around it', 'a mug with the handle', []],
    ['what nothing bears', 'xylophone', []],
    ['only small words', 'the', []],
    ['signs of a query language', "mug' & ! | :* \\", ['Enamel mug']],
    ['a percent sign and an underscore', '%___', []],
  ])('for %s', async (_what, q, expected) => {
    expect(await search(q)).toEqual(expected);
  });

  test('ranks a title above a description, and pages in that order', async () => {
    expect(await search('socks')).toEqual(['Wool socks', 'Scissors']);
    expect(await allPages('/api/products/search?q=socks&limit=1')).toEqual([
      'Wool socks',
      'Scissors',
    ]);
  });

  test('finds drafts for administrators who ask', async () => {
    const path = '/api/products/search?q=mug&status=all';
    expect(await titles(path, { token })).toHaveLength(2);
    expect(await titles(path)).toEqual(['Enamel mug']);
  });

  test.each(['', '?q=', '?q=%20%20', `?q=${'a'.repeat(300)}`, '?q=a%00b'])(
    'with %s is a 400',
    async (query) => {
      const { status, body } = await shop.api('GET', `/api/products/search${query}`);
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    },
  );
});

test.each([
  ['runn', 'Running belt'],
  ['decorat', 'Decorative bowl'],
  ['necessit', 'Necessities'],
  ['bicy', 'Bicycle'],
])('what somebody typed of a word so far, such as %s, finds it', async (q, title) => {
  const { body } = await shop.api('POST', '/api/products', {
    token,
    body: { title, price: { amount: 1, currency: 'USD' } },
  });
  expect(await titles(`/api/products/search?q=${q}`)).toEqual([title]);
  await shop.api('DELETE', `/api/products/${body.id}`, { token });
});

test('categories are listed by name', async () => {
  const { body } = await shop.api('GET', '/api/categories');
  expect(body.data).toEqual([
    { slug: 'kitchen', name: 'Kitchen' },
    { slug: 'outdoors', name: 'Outdoors' },
    { slug: 'wear', name: 'Wear' },
  ]);
});

test('a category is public while a product of it is on sale', async () => {
  const { body: product } = await shop.api('POST', '/api/products', {
    token,
    body: {
      title: 'Sparkler',
      status: 'draft',
      price: { amount: 1, currency: 'USD' },
      categories: ['New Year'],
    },
  });
  const isShown = async () => {
    const { body } = await shop.api('GET', '/api/categories');
    const front = await (await fetch(shop.url)).text();
    const { status } = await fetch(`${shop.url}/categories/new-year`);
    return [JSON.stringify(body).includes('New Year'), front.includes('New Year'), status];
  };
  const turn = (status: string) =>
    shop.api('PUT', `/api/products/${product.id}`, { token, body: { status } });
  expect(await isShown()).toEqual([false, false, 404]);
  await turn('active');
  expect(await isShown()).toEqual([true, true, 200]);
  await turn('archived');
  expect(await isShown()).toEqual([false, false, 404]);
});
