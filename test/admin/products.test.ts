import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { errorLinks, formOf, openConsole, textOf, typedIn } from './support.ts';

let shop: TestShop;
let admin: Awaited<ReturnType<typeof openConsole>>;
beforeAll(async () => {
  shop = await startShop();
  admin = await openConsole(shop);
});
afterAll(() => shop.stop());

const shirt = {
  title: 'Linen shirt',
  status: 'active',
  description: '<p>Cool.</p><script>alert(1)</script>',
  tags: 'linen, summer',
  categories: 'Clothes; Sale',
  images: '/img/products/wool-socks.svg A shirt on a hanger',
  currency: 'USD',
  option1: 'Size',
  option2: 'Colour',
  'variants.0.option1': 'S',
  'variants.0.option2': 'Blue',
  'variants.0.sku': 'LS-S',
  'variants.0.price': '64.00',
  'variants.0.compareAt': '80',
  'variants.0.stock': '5',
  'variants.2.option1': 'M',
  'variants.2.option2': 'Blue',
  'variants.2.price': '66.5',
  'variants.2.stock': '0',
  'variants.2.policy': 'continue',
};

const numbered = (count: number, before = 't') =>
  Array.from({ length: count }, (_, index) => `${before}${index}`);

async function create(fields: Record<string, string>) {
  await admin.open('/admin/products/new');
  return admin.submit('/admin/products', fields);
}

async function productAt(location: string | null) {
  const id = location?.split('/').at(-1);
  return (await shop.api('GET', `/api/products/${id}`, { token: await shop.adminToken() })).body;
}

describe('the form of a product', () => {
  test('makes a product with its variants, prices and stock; empty rows are ignored', async () => {
    const { status, location } = await create(shirt);
    expect(status).toBe(303);
    const product = await productAt(location);
    expect(product).toMatchObject({
      title: 'Linen shirt',
      slug: 'linen-shirt',
      status: 'active',
      description: '<p>Cool.</p>',
      tags: ['linen', 'summer'],
      images: [{ url: '/img/products/wool-socks.svg', alt: 'A shirt on a hanger' }],
      options: [
        { name: 'Size', values: ['S', 'M'] },
        { name: 'Colour', values: ['Blue'] },
      ],
      variants: [
        {
          sku: 'LS-S',
          options: { Size: 'S', Colour: 'Blue' },
          price: { amount: 6400, currency: 'USD' },
          compareAtPrice: { amount: 8000, currency: 'USD' },
          available: 5,
          inventoryPolicy: 'deny',
        },
        {
          price: { amount: 6650, currency: 'USD' },
          compareAtPrice: null,
          available: 0,
          inventoryPolicy: 'continue',
        },
      ],
    });
    expect(product.categories.map(({ name }: { name: string }) => name)).toEqual([
      'Clothes',
      'Sale',
    ]);
  });

  test('sent back as it was opened changes nothing', async () => {
    const { location } = await create({ ...shirt, title: 'Untouched shirt' });
    const before = await productAt(location);
    expect(
      (await admin.submit(String(location), await formOf(admin, String(location)))).status,
    ).toBe(303);
    expect(await productAt(location)).toEqual(before);
  });

  test('sent back as it was opened leaves the values of an option in their order', async () => {
    const variants = ['L', 'S'].map((Size) => ({
      options: { Size },
      price: { amount: 4200, currency: 'USD' },
    }));
    const options = [{ name: 'Size', values: ['S', 'L'] }];
    const { body } = await shop.api('POST', '/api/products', {
      token: await shop.adminToken(),
      body: { title: 'Shirt in order', options, variants },
    });
    const path = `/admin/products/${body.id}`;
    expect((await admin.submit(path, await formOf(admin, path))).status).toBe(303);
    expect(await productAt(path)).toEqual(body);
  });

  test('shows texts of pictures that have several lines on one each', async () => {
    const { body } = await shop.api('POST', '/api/products', {
      token: await shop.adminToken(),
      body: {
        title: 'Shirt with a long story',
        images: [{ url: '/front.jpg', alt: 'Front,\nin the sun' }, { url: '/back.jpg' }],
        variants: [{ price: { amount: 4200, currency: 'USD' } }],
      },
    });
    const path = `/admin/products/${body.id}`;
    const { text } = await admin.open(path);
    const [, images = ''] = /name="images"[^>]*>\n?([^<]*)</.exec(text) ?? [];
    const fields = { ...(await formOf(admin, path)), images, title: 'Shirt with a story' };
    const { status, text: refused } = await admin.submit(path, fields);
    expect([status, errorLinks(refused)]).toEqual([303, []]);
    expect((await productAt(path)).images).toEqual([
      { url: '/front.jpg', alt: 'Front, in the sun' },
      { url: '/back.jpg', alt: '' },
    ]);
  });

  test('sent back with the line ends of browsers changes nothing', async () => {
    const description = '<p>Cool.</p>\n<p>Light.</p>';
    const { location } = await create({ ...shirt, title: 'Shirt of two lines', description });
    const before = await productAt(location);
    const fields = await formOf(admin, String(location));
    const sent = { ...fields, description: description.replaceAll('\n', '\r\n') };
    expect((await admin.submit(String(location), sent)).status).toBe(303);
    expect(await productAt(location)).toEqual(before);
  });

  test('changes prices, adds a variant and removes one', async () => {
    const { location } = await create({ ...shirt, title: 'Changing shirt' });
    const fields = await formOf(admin, String(location));
    const { status } = await admin.submit(String(location), {
      ...fields,
      'variants.0.remove': 'on',
      'variants.1.price': '70',
      'variants.3.option1': 'L',
      'variants.3.option2': 'Green',
      'variants.3.price': '71',
      'variants.3.stock': '9',
    });
    expect(status).toBe(303);
    const { variants } = await productAt(location);
    expect(variants).toMatchObject([
      { id: fields['variants.1.id'], price: { amount: 7000 } },
      { options: { Size: 'L', Colour: 'Green' }, price: { amount: 7100 }, available: 9 },
    ]);
  });

  test('counts no units back that were sent while it was open', async () => {
    const { location } = await create({ ...shirt, title: 'Shirt that arrives' });
    const path = String(location);
    const fields = await formOf(admin, path);
    await admin.open(`/admin/stock/${fields['variants.0.id']}`);
    const taken = { delta: '-2', reason: 'Damaged' };
    await admin.submit(`/admin/stock/${fields['variants.0.id']}`, taken);
    const arrived = { ...fields, 'variants.0.stock': '15' };
    const { status, text } = await admin.submit(path, arrived);
    expect(status).toBe(409);
    expect(textOf(text)).toContain('3 are on hand now');
    expect((await productAt(path)).variants[0].available).toBe(3);

    const anew = { ...(await formOf(admin, path)), 'variants.0.stock': '13' };
    for (const _twice of [1, 2]) expect((await admin.submit(path, anew)).status).toBe(303);
    expect((await productAt(path)).variants[0].available).toBe(13);
  });

  test('undoes nothing that somebody else changed since it was opened', async () => {
    const { location } = await create({ ...shirt, title: 'Shirt of two people' });
    const path = String(location);
    const mine = { ...(await formOf(admin, path)), title: 'Shirt, as I call it' };
    const theirs = { ...(await formOf(admin, path)), 'variants.0.price': '99.00' };
    expect((await admin.submit(path, theirs)).status).toBe(303);
    const { status, text } = await admin.submit(path, mine);
    expect([status, typedIn(text, 'title')]).toEqual([409, 'Shirt, as I call it']);
    expect(textOf(text)).toContain('Somebody else changed it since you opened it');
    expect(await productAt(path)).toMatchObject({
      title: 'Shirt of two people',
      variants: [{ price: { amount: 9900 } }, {}],
    });
    expect((await admin.submit(path, theirs)).status).toBe(303);
  });

  test('keeps every variant of a product of very many', async () => {
    const variants = Array.from({ length: 900 }, (_, index) => ({
      options: { 'Diameter of the pipe': `${index} mm of hardened steel, galvanised` },
      price: { amount: 1000 + index, currency: 'USD' },
      sku: `PIPE-OF-HARDENED-STEEL-${index}`,
      stock: 1,
    }));
    const token = await shop.adminToken();
    const made = await shop.api('POST', '/api/products', {
      token,
      body: { title: 'Pipe', variants },
    });
    const path = `/admin/products/${made.body.id}`;
    const { text } = await admin.open(path);
    const fields = [...text.matchAll(/<input[^>]* name="([^"]+)"[^>]*>/g)]
      .filter(([, name]) => name !== '_csrf' && !name?.endsWith('.remove'))
      .map(([input, name = '']) => [name, / value="([^"]*)"/.exec(input)?.[1] ?? '']);
    const { status } = await admin.submit(path, {
      ...Object.fromEntries(fields),
      title: 'Pipe, renamed',
      status: 'active',
    });
    expect(status).toBe(303);
    const after = await productAt(path);
    expect([after.title, after.variants.length]).toEqual(['Pipe, renamed', 900]);
    expect(after.variants.at(-1)).toEqual(made.body.variants.at(-1));
  });

  test('leaves stock alone that was sold while it was open', async () => {
    const { location } = await create({ ...shirt, title: 'Selling shirt' });
    const fields = await formOf(admin, String(location));
    const { token } = await shop.customer();
    const { body } = await shop.order(token, fields['variants.0.id'] ?? '');
    await admin.open(`/admin/orders/${body.id}`);
    await admin.submit(`/admin/orders/${body.id}/paid`, {});
    await admin.submit(`/admin/orders/${body.id}/fulfilled`, {});
    await admin.submit(String(location), { ...fields, title: 'Selling shirt, renamed' });
    const product = await productAt(location);
    expect(product.title).toBe('Selling shirt, renamed');
    expect(product.variants[0].available).toBe(4);
  });

  test.each([
    ['title', { title: '' }, 'Give the product a title'],
    ['currency', { currency: 'ABC' }, 'three letters of a currency'],
    ['images', { images: 'javascript:alert(1) Bad' }, 'Begin each line with an address'],
    ['vendor', { vendor: 'v'.repeat(256) }, 'A vendor has up to 255 characters.'],
    ['type', { type: 't'.repeat(256) }, 'A type has up to 255 characters.'],
    ['description', { description: 'd'.repeat(100_001) }, 'up to 100,000 characters'],
    ['tags', { tags: numbered(251).join(',') }, 'at most 250 tags'],
    ['categories', { categories: numbered(51).join(';') }, 'at most 50 categories'],
    ['images', { images: numbered(251, '/img/').join('\n') }, 'at most 250 pictures'],
    ['option1', { option1: 'o'.repeat(101) }, 'An option has a name of up to 100 characters.'],
    ['variants.0.price', { 'variants.0.price': '1.999' }, 'Type a price such as 19.90.'],
    [
      'variants.0.price',
      { currency: 'JPY', 'variants.0.price': '19.90', 'variants.2.price': '66' },
      'Type a price such as 1990.',
    ],
    ['variants.0.stock', { 'variants.0.stock': '-1' }, 'Type how many units are on hand'],
    ['variants.1.option2', { 'variants.2.option2': '' }, 'Give a value for Colour.'],
    [
      'variants.1.option1',
      { 'variants.2.option1': 'S' },
      'Another variant has the same option values.',
    ],
  ])(
    'with a wrong %s is shown again with what to change and what was typed',
    async (path, wrong, message) => {
      const { status, text } = await create({ ...shirt, title: 'Refused shirt', ...wrong });
      expect(status).toBe(400);
      expect(textOf(text)).toContain(message);
      expect(errorLinks(text)).toEqual([path.replaceAll('.', '-')]);
      expect(typedIn(text, 'variants.0.sku')).toBe('LS-S');
      expect(typedIn(text, 'tags')).toBe('tags' in wrong ? wrong.tags : 'linen, summer');
      const { body } = await shop.api('GET', '/api/products/search?q=refused');
      expect(body.data).toEqual([]);
    },
  );

  test('refuses stock below what orders hold, and says so', async () => {
    const product = await shop.product({ stock: 3 });
    const { token } = await shop.customer();
    await shop.order(token, product.variantId, 2);
    const path = `/admin/products/${product.id}`;
    const fields = await formOf(admin, path);
    const { status, text } = await admin.submit(path, { ...fields, 'variants.0.stock': '1' });
    expect(status).toBe(409);
    expect(textOf(text)).toContain('Orders hold 2 of this variant');
    expect(typedIn(text, 'variants.0.stock')).toBe('1');
  });
});

describe('the list of products', () => {
  test('is filtered by status, searched and sorted by its address', async () => {
    const cheap = await shop.product({ title: 'Zinc bucket', price: 100 });
    const dear = await shop.product({ title: 'Aluminium bucket', price: 90_000 });
    await admin.open(`/admin/products/${cheap.id}`);
    await admin.submit(`/admin/products/${cheap.id}/archive`, {});
    const ids = async (query: string) =>
      [
        ...(await admin.open(`/admin/products?${query}`)).text.matchAll(
          /href="\/admin\/products\/([0-9a-f-]{36})"/g,
        ),
      ].map(([, id]) => id);
    expect(await ids('status=archived')).toEqual([cheap.id]);
    expect(new Set(await ids('q=bucket'))).toEqual(new Set([cheap.id, dear.id]));
    expect(await ids('q=bucket&status=active')).toEqual([dear.id]);
    expect((await ids('sort=-price'))[0]).toBe(dear.id);
    expect((await ids('sort=price'))[0]).toBe(cheap.id);
    expect((await ids('sort=title'))[0]).toBe(dear.id);
  });
});

describe('taking a product off sale', () => {
  test('archives it, and shoppers no longer see it', async () => {
    const product = await shop.product({ title: 'Old kettle' });
    await admin.open(`/admin/products/${product.id}`);
    const { status, location } = await admin.submit(`/admin/products/${product.id}/archive`, {});
    expect([status, location]).toEqual([303, `/admin/products/${product.id}`]);
    expect((await shop.api('GET', `/api/products/${product.id}`)).status).toBe(404);
  });

  test('deletes one that nobody ordered and archives one that somebody did', async () => {
    const unordered = await shop.product();
    const ordered = await shop.product();
    const { token } = await shop.customer();
    await shop.order(token, ordered.variantId);
    await admin.open(`/admin/products/${ordered.id}`);
    expect((await admin.submit(`/admin/products/${unordered.id}/delete`, {})).location).toBe(
      '/admin/products',
    );
    expect((await admin.submit(`/admin/products/${ordered.id}/delete`, {})).location).toBe(
      `/admin/products/${ordered.id}`,
    );
    const { text } = await admin.open(`/admin/products/${ordered.id}`);
    expect(text).toContain('Archived instead of deleted, as orders refer to it.');
    expect((await admin.open(`/admin/products/${unordered.id}`)).status).toBe(404);
  });
});
