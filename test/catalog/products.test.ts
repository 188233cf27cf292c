import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProductRow } from '../../src/modules/catalog/catalog.model.ts';
import { completeProducts, findProduct } from '../../src/modules/catalog/catalog.repository.ts';
import { untilBlocked } from '../support/blocked.ts';
import { startShop, type TestShop } from '../support/shop.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
/** A text of letters of four bytes each, which hardly repeat. */
const ideographs = (length: number) =>
  Array.from({ length }, () => String.fromCodePoint(0x20000 + randomInt(40_000))).join('');
let shop: TestShop;
let token: string;

beforeAll(async () => {
  shop = await startShop();
  token = await shop.adminToken();
});
afterAll(() => shop.stop());

const create = (body: unknown) => shop.api('POST', '/api/products', { token, body });
const change = (id: string, body: unknown) =>
  shop.api('PUT', `/api/products/${id}`, { token, body });
const show = async (id: string) => (await shop.api('GET', `/api/products/${id}`, { token })).body;

async function events(productId: string): Promise<string[]> {
  const rows = await shop.db
    .selectFrom('outbox_events')
    .select('type')
    .where('aggregate_id', '=', productId)
    .orderBy('position')
    .execute();
  return rows.map((row) => row.type);
}

const shirt = () => ({
  title: 'Linen shirt',
  description: '<p onclick="x()">Light.<script>alert(1)</script></p>',
  vendor: 'Harbour',
  type: 'Shirt',
  tags: ['linen', 'summer'],
  categories: ['Wear'],
  images: [{ url: 'https://example.test/shirt.jpg', alt: 'A shirt' }],
  variants: [
    { sku: 'S-1', options: { Size: 'S', Colour: 'White' }, price: usd(6400), stock: 5 },
    {
      sku: 'S-2',
      options: { Size: 'M', Colour: 'White' },
      price: usd(5900),
      stock: 0,
      compareAtPrice: usd(7000),
    },
  ],
});

describe('creating a product', () => {
  test('in the long form answers with the whole product', async () => {
    const { status, headers, body } = await create(shirt());
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/products/${body.id}`);
    expect(body).toMatchObject({
      slug: 'linen-shirt',
      status: 'active',
      description: '<p>Light.</p>',
      categories: [{ slug: 'wear', name: 'Wear' }],
      options: [
        { name: 'Size', values: ['S', 'M'] },
        { name: 'Colour', values: ['White'] },
      ],
      price: usd(5900),
      variants: [
        {
          sku: 'S-1',
          title: 'S / White',
          available: 5,
          compareAtPrice: null,
          inventoryPolicy: 'deny',
        },
        { sku: 'S-2', title: 'M / White', available: 0, compareAtPrice: usd(7000) },
      ],
    });
    expect(await events(body.id)).toEqual(['product.created']);
    expect((await shop.api('GET', '/api/products/linen-shirt')).body).toEqual(body);
  });

  test('in the short form makes one variant, with its stock in the ledger', async () => {
    const { body } = await create({ title: 'Mug', sku: 'M-1', price: usd(1800), stock: 7 });
    const [variant] = body.variants;
    expect(variant).toMatchObject({
      sku: 'M-1',
      title: 'Default Title',
      options: {},
      available: 7,
    });
    const ledger = await shop.db
      .selectFrom('stock_movements')
      .select(['kind', 'on_hand_delta'])
      .where('variant_id', '=', variant.id)
      .execute();
    expect(ledger).toEqual([{ kind: 'receipt', on_hand_delta: 7 }]);
  });

  test('has a slug of whole letters, though its title is cut within one', async () => {
    const title = `A${ideographs(100)}`;
    const [one, two] = [
      await create({ title, price: usd(1) }),
      await create({ title, price: usd(1) }),
    ];
    expect(one.body.slug).toBe(`a${title.slice(1, 119)}`);
    expect(two.body.slug).toBe(`${one.body.slug}-2`);
  });

  test('twice under one title gives the second another slug, but a given slug only once', async () => {
    const one = await create({ title: 'Vase', price: usd(1) });
    const two = await create({ title: 'Vase', price: usd(1) });
    expect([one.body.slug, two.body.slug]).toEqual(['vase', 'vase-2']);
    const three = await create({ title: 'Vase', slug: 'vase', price: usd(1) });
    expect([three.status, three.body.code]).toEqual([409, 'conflict']);
  });

  test.each([
    ['no price', { title: 'A' }],
    ['a blank title', { title: ' ', price: usd(1) }],
    ['an unknown field', { title: 'A', price: usd(1), colour: 'red' }],
    ['an unknown currency', { title: 'A', price: { amount: 1, currency: 'QQQ' } }],
    ['a price with decimals', { title: 'A', price: { amount: 1.5, currency: 'USD' } }],
    ['an image that runs', { title: 'A', price: usd(1), images: [{ url: 'javascript:alert(1)' }] }],
    ['both forms', { title: 'A', price: usd(1), variants: [{ price: usd(1) }] }],
    ['no variants', { title: 'A', variants: [] }],
    [
      'two currencies',
      {
        title: 'A',
        variants: [
          { price: usd(1), options: { S: '1' } },
          { price: { amount: 1, currency: 'EUR' }, options: { S: '2' } },
        ],
      },
    ],
    [
      'two variants alike',
      {
        title: 'A',
        variants: [
          { price: usd(1), options: { S: '1' } },
          { price: usd(1), options: { S: '1' } },
        ],
      },
    ],
    [
      'different options',
      {
        title: 'A',
        variants: [
          { price: usd(1), options: { S: '1' } },
          { price: usd(1), options: { T: '1' } },
        ],
      },
    ],
    [
      'options too long for an index',
      {
        title: 'A',
        variants: [
          {
            price: usd(1),
            options: { [ideographs(100)]: ideographs(255), S: ideographs(255), T: ideographs(255) },
          },
        ],
      },
    ],
    ['a slug that reads as an id', { title: 'A', price: usd(1), slug: randomUUID() }],
    ['NUL in the title', { title: 'A\0', price: usd(1) }],
  ])('with %s is refused', async (_what, body) => {
    const answer = await create(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
  });

  test('is for administrators', async () => {
    const { token: customer } = await shop.customer();
    const body = { title: 'A', price: usd(1) };
    expect((await shop.api('POST', '/api/products', { body })).status).toBe(401);
    expect((await shop.api('POST', '/api/products', { body, token: customer })).status).toBe(403);
  });
});

describe('changing a product', () => {
  test('changes the given fields only', async () => {
    const { body: before } = await create(shirt());
    const { status, body } = await change(before.id, { title: 'Silk shirt' });
    expect(status).toBe(200);
    expect(body).toEqual({ ...before, title: 'Silk shirt', updatedAt: body.updatedAt });
    expect(body.updatedAt > before.updatedAt).toBe(true);
    expect(await events(before.id)).toEqual(['product.created', 'product.updated']);
  });

  test('to what it is already changes nothing', async () => {
    const { body: before } = await create(shirt());
    const { title, description, tags, variants } = before;
    const sent = variants.map(({ id, sku, price }: Record<string, unknown>) => ({
      id,
      sku,
      price,
    }));
    const { body } = await change(before.id, {
      title,
      description,
      tags,
      categories: ['wear'],
      variants: sent,
    });
    expect(body).toEqual(before);
    expect(await events(before.id)).toEqual(['product.created']);
  });

  test('matches variants by id or option values, adds new ones and takes the others off sale', async () => {
    const { body: before } = await create(shirt());
    const { body } = await change(before.id, {
      variants: [
        { options: { Size: 'L', Colour: 'White' }, price: usd(6900), stock: 2 },
        { options: { Size: 'S', Colour: 'White' }, sku: 'S-1b' },
      ],
    });
    expect(body.variants).toMatchObject([
      { title: 'L / White', available: 2 },
      { id: before.variants[0].id, sku: 'S-1b', price: usd(6400), available: 5 },
    ]);
    expect(body.price).toEqual(usd(6400));
    expect(body.options[0]).toEqual({ name: 'Size', values: ['S', 'L'] });
  });

  test('lets two variants swap their option values', async () => {
    const { body: before } = await create(shirt());
    const [a, b] = before.variants;
    const { status, body } = await change(before.id, {
      variants: [
        { id: a.id, options: b.options },
        { id: b.id, options: a.options },
      ],
    });
    expect(status).toBe(200);
    expect(body.variants).toMatchObject([
      { id: a.id, title: 'M / White' },
      { id: b.id, title: 'S / White' },
    ]);
  });

  test('keeps a variant that was ordered, off sale, and puts it back when it returns', async () => {
    const { body: before } = await create(shirt());
    const [sold, other] = before.variants;
    const { token: customer } = await shop.customer();
    expect((await shop.order(customer, sold.id)).status).toBe(201);
    const without = await change(before.id, { variants: [{ id: other.id }] });
    expect(without.body.variants).toHaveLength(1);
    expect((await shop.order(customer, sold.id)).status).toBe(400);
    const back = await change(before.id, {
      variants: [{ id: other.id }, { options: sold.options }],
    });
    expect(back.body.variants[1]).toMatchObject({ id: sold.id, available: 4 });
  });

  test('sets stock by an adjustment, never below what orders hold', async () => {
    const { id, variantId } = await shop.product({ stock: 5 });
    const { token: customer } = await shop.customer();
    await shop.order(customer, variantId, 3);
    const refused = await change(id, { stock: 2 });
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
    expect((await change(id, { stock: 3 })).body.variants[0].available).toBe(0);
    const { on_hand, ledger } = await shop.db
      .selectFrom('stock_levels')
      .select((eb) => [
        'on_hand',
        eb
          .selectFrom('stock_movements')
          .select((inner) => inner.fn.sum<number>('on_hand_delta').as('sum'))
          .where('variant_id', '=', variantId)
          .as('ledger'),
      ])
      .where('variant_id', '=', variantId)
      .executeTakeFirstOrThrow();
    expect([on_hand, ledger]).toEqual([3, 3]);
  });

  test('in the short form takes no variant off sale that another change adds meanwhile', async () => {
    const { id, variantId } = await shop.product({ price: 1000 });
    const [added] = (await create({ ...shirt(), status: 'draft' })).body.variants;
    const short = await shop.db.transaction().execute(async (tx) => {
      await tx.selectFrom('products').select('id').where('id', '=', id).forUpdate().execute();
      const answer = change(id, { price: usd(2000) });
      await untilBlocked(shop.db);
      await tx
        .updateTable('variants')
        .set({ product_id: id, position: 1, currency: 'USD' })
        .where('id', '=', added.id)
        .execute();
      return { answer };
    });
    const { status, body } = await short.answer;
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ path: 'variants' })]]);
    expect((await show(id)).variants).toMatchObject([
      { id: variantId, price: usd(1000) },
      { id: added.id },
    ]);
  });

  test('moves it to another currency with all its variants', async () => {
    const { body: before } = await create({ title: 'Lamp', price: usd(5000) });
    const { body } = await change(before.id, { price: { amount: 4500, currency: 'EUR' } });
    expect(body.price).toEqual({ amount: 4500, currency: 'EUR' });
    const two = await create(shirt());
    const [first, second] = two.body.variants;
    const mixed = await change(two.body.id, {
      variants: [{ id: first.id, price: { amount: 1, currency: 'EUR' } }, { id: second.id }],
    });
    expect(mixed.status).toBe(400);
  });

  test('is refused for a slug that another product has, and for nothing that exists', async () => {
    const one = await create({ title: 'Tray', price: usd(1) });
    const two = await create({ title: 'Basket', price: usd(1) });
    expect((await change(two.body.id, { slug: one.body.slug })).status).toBe(409);
    expect((await change('no-such-product', { title: 'A' })).status).toBe(404);
  });
});

describe('deleting a product', () => {
  const remove = (id: string) => shop.api('DELETE', `/api/products/${id}`, { token });

  test('removes it where nobody ordered it', async () => {
    const { id } = await shop.product();
    expect((await remove(id)).status).toBe(204);
    expect((await shop.api('GET', `/api/products/${id}`, { token })).status).toBe(404);
    expect(await events(id)).toEqual(['product.created', 'product.deleted']);
  });

  test('leaves it out of what was being read meanwhile', async () => {
    const { body } = await create({ title: 'Gone', price: usd(100) });
    const row = (await findProduct(shop.db, { id: body.id })) as ProductRow;
    expect((await remove(body.id)).status).toBe(204);
    expect(await completeProducts(shop.db, [row])).toEqual([]);
  });

  test('archives it where somebody did', async () => {
    const { id, variantId } = await shop.product();
    const { token: customer } = await shop.customer();
    await shop.order(customer, variantId);
    expect((await remove(id)).status).toBe(204);
    expect((await remove(id)).status).toBe(204);
    expect((await shop.api('GET', `/api/products/${id}`)).status).toBe(404);
    expect((await show(id)).status).toBe('archived');
    expect(await events(id)).toEqual(['product.created', 'product.archived']);
  });

  test('while it is being ordered never fails and never loses an order', async () => {
    const products = await Promise.all(Array.from({ length: 12 }, () => shop.product()));
    const { token: customer } = await shop.customer();
    const answers = await Promise.all(
      products.flatMap(({ id, variantId }) => [shop.order(customer, variantId), remove(id)]),
    );
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    const ordered = answers.filter(({ status }) => status === 201);
    for (const { body } of ordered)
      expect((await shop.api('GET', `/api/orders/${body.id}`, { token: customer })).status).toBe(
        200,
      );
  });
});

test('a draft is there for administrators only', async () => {
  const { body } = await create({ title: 'Secret', status: 'draft', price: usd(1) });
  expect((await shop.api('GET', `/api/products/${body.slug}`)).status).toBe(404);
  expect((await show(body.slug)).id).toBe(body.id);
});
