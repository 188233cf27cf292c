import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getProduct } from '../../src/modules/catalog/catalog.service.ts';
import { exportProducts } from '../../src/modules/catalog/export.service.ts';
import { importProducts } from '../../src/modules/catalog/import.service.ts';
import {
  addProduct,
  createProduct,
  updateProduct,
} from '../../src/modules/catalog/write-product.service.ts';
import { untilBlocked } from '../support/blocked.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const take = (text: string | Buffer) =>
  importProducts(database.db, Readable.from([Buffer.isBuffer(text) ? text : Buffer.from(text)]));
const product = (slug: string) => getProduct(database.db, slug, { all: true });

const old =
  'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Inventory Policy,Variant Price';

describe('a product file', () => {
  test('with the current column names, a byte-order mark and line breaks in quotes is read whole', async () => {
    const report = await take(
      `\uFEFFTitle,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Option1 name,Option1 value,Price,Compare-at price,Inventory quantity,Continue selling when out of stock,Product image URL,Image position,Image alt text,Variant image URL\r
"Enamel ""camp"" mug",camp-mug,"<p>One
two</p>",Lund,Home & Garden > Kitchen > Mugs,Mug,"camping, steel",TRUE,Active,M-B,Colour,Blue,18.00,20,4,DENY,https://example.test/2.jpg,2,Back,https://example.test/1.jpg\r
,camp-mug,,,,,,,,M-C,,Cream,17.5,,0,CONTINUE,https://example.test/1.jpg,1,Front,\r
,camp-mug,,,,,,,,,,,,,,,https://example.test/3.jpg,3,Box,\r\n`,
    );
    expect(report).toMatchObject({
      rows: 3,
      products: { created: 1, refused: 0 },
      variants: 2,
      images: 3,
      errors: [],
    });
    expect(await product('camp-mug')).toMatchObject({
      title: 'Enamel "camp" mug',
      description: '<p>One\ntwo</p>',
      categories: [{ slug: 'mugs', name: 'Mugs' }],
      tags: ['camping', 'steel'],
      status: 'active',
      options: [{ name: 'Colour', values: ['Blue', 'Cream'] }],
      price: { amount: 1750, currency: 'USD' },
      images: [
        { url: 'https://example.test/1.jpg', alt: 'Front' },
        { url: 'https://example.test/2.jpg', alt: 'Back' },
        { url: 'https://example.test/3.jpg', alt: 'Box' },
      ],
      variants: [
        { sku: 'M-B', compareAtPrice: { amount: 2000 }, available: 4, inventoryPolicy: 'deny' },
        { sku: 'M-C', compareAtPrice: null, available: 0, inventoryPolicy: 'continue' },
      ],
    });
  });

  test('with bad rows has their products refused whole and every reason reported', async () => {
    const report = await take(`${old}
good-one,Good,Title,Default Title,A,1,deny,5.00
bad-price,Bad,Size,S,B,1,deny,5.00
bad-price,,,M,B,1,deny,five
bad-price,,,L,B,lots,perhaps,5.00

bad-option,Bad,Size,S,B,1,deny,5.00
bad-option,,,S,B,1,deny,6.00
No Title!,,Title,Default Title,A,1,deny,5.00
good-two,"Two
lines",Title,Default Title,A,1,deny,0.00
bad-last,Bad,Size,,A,1,deny,5.001`);
    expect(report.products).toEqual({ created: 2, updated: 0, unchanged: 0, refused: 4 });
    expect(report.errors.map(({ line, column, handle }) => [line, column, handle])).toEqual([
      [4, 'Variant Price', 'bad-price'],
      [5, 'Variant Inventory Policy', 'bad-price'],
      [5, 'Variant Inventory Qty', 'bad-price'],
      [8, '', 'bad-option'],
      [9, 'Handle', 'no title!'],
      [9, 'Title', 'no title!'],
      [12, 'Variant Price', 'bad-last'],
      [12, 'Option1 Value', 'bad-last'],
    ]);
    await expect(product('bad-price')).rejects.toMatchObject({ code: 'not_found' });
    expect((await product('good-two')).price.amount).toBe(0);
  });

  test('takes a negative quantity as none and says so', async () => {
    const report = await take(`${old}\nnegative,Negative,Title,Default Title,,-2,deny,5`);
    expect(report.warnings).toMatchObject([
      { line: 2, column: 'Variant Inventory Qty', handle: 'negative' },
    ]);
    expect([report.errorCount, report.products.created]).toEqual([0, 1]);
    expect((await product('negative')).variants[0]?.available).toBe(0);
  });

  test('says by a negative quantity what is owed of a variant that is sold beyond its stock', async () => {
    const file = `${old}\nowed,Owed,Size,S,O-S,-2,continue,5\nowed,,,M,O-M,3,continue,5`;
    const onHand = async () => {
      const { rows } = await sql<{ sku: string; onHand: number; moved: number }>`
        SELECT sku, on_hand AS "onHand", (
          SELECT coalesce(sum(on_hand_delta), 0)::int FROM stock_movements WHERE variant_id = variants.id) AS moved
        FROM variants JOIN stock_levels ON variant_id = variants.id WHERE sku LIKE 'O-_' ORDER BY sku`.execute(
        database.db,
      );
      return rows;
    };
    expect(await take(file)).toMatchObject({ warnings: [], products: { created: 1 } });
    const owed = [
      { sku: 'O-M', onHand: 3, moved: 3 },
      { sku: 'O-S', onHand: -2, moved: -2 },
    ];
    expect(await onHand()).toEqual(owed);
    // Nor does its own export take it for none.
    await importProducts(database.db, Readable.from(exportProducts(database.db)));
    expect(await onHand()).toEqual(owed);
  });

  test('names the images of variants by addresses, also where products have no column of their own', async () => {
    const row = 'pictured,Pictured,Size,S,A,1,deny,5,red.jpg';
    const report = await take(`${old},Variant Image\n${row}`);
    expect(report.errors).toMatchObject([{ line: 2, column: 'Variant Image' }]);
  });

  test('may have SKUs that are missing or used twice, and unpublished products', async () => {
    await take(`${old},Published
twice,Twice,Size,S,X,1,deny,5,false
twice,,,M,X,1,deny,5,
twice,,,L,,1,deny,5,`);
    const { status, variants } = await product('twice');
    expect([status, variants.map(({ sku }) => sku)]).toEqual(['draft', ['X', 'X', '']]);
  });

  test('may have the rows of a product apart from each other', async () => {
    const file = `${old}
apart,Apart,Size,S,A,1,deny,5
between,Between,Title,Default Title,A,1,deny,5
apart,,,M,B,2,deny,6`;
    expect((await take(file)).products).toMatchObject({ created: 2, refused: 0 });
    expect((await product('apart')).variants).toHaveLength(2);
    expect((await take(file)).products.unchanged).toBe(2);
  });

  test('changes what it names, by handle and option values, and leaves what it has no column for', async () => {
    await take(`${old},Tags\nchanging,Changing,Size,S,A,3,deny,5,one\nchanging,,,M,B,4,deny,5,`);
    const before = await product('changing');
    const report = await take(
      'Handle,Title,Option1 Name,Option1 Value,Variant Price\nchanging,Changed,Size,M,7\nchanging,,,L,8',
    );
    expect(report.products.updated).toBe(1);
    expect(await product('changing')).toMatchObject({
      id: before.id,
      title: 'Changed',
      tags: ['one'],
      variants: [
        { id: before.variants[1]?.id, price: { amount: 700 }, available: 4 },
        { title: 'L', price: { amount: 800 }, available: 0 },
      ],
    });
  });

  test.each([
    [
      'an open quote',
      `${old}\nquote,Quote,Title,Default Title,A,1,deny,5\nopen,"Open,Title,Default Title,A,1,deny,5\n`,
      3,
    ],
    ['no header of ours', 'name;price\nA;5', 1],
    ['nothing in it', '', 1],
    ['a column twice', 'Handle,Title,Price,Variant Price\na,A,1,1', 1],
    [
      'a row of 4 MB',
      `${old}\nquote,Quote,Title,Default Title,A,1,deny,5\nlong,${'x'.repeat(4 * 1024 * 1024)}`,
      3,
      'A row holds at most 4 MB; here one is longer, or a quote is opened and never closed.',
    ],
  ])('with %s changes nothing', async (_what, text, line, reason: string = expect.any(String)) => {
    const report = await take(text);
    expect(report).toMatchObject({
      ...{ errorCount: 1, errors: [{ line, reason }] },
      products: { created: 0 },
    });
    await expect(product('quote')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('that is not UTF-8, or holds NUL, has those rows refused', async () => {
    const latin = Buffer.from(
      `${old}\nlatin,Caf\xe9,Title,Default Title,A,1,deny,5\nnul,N\0ul,Title,Default Title,A,1,deny,5`,
      'latin1',
    );
    const report = await take(latin);
    expect(report.errors).toMatchObject([
      { line: 2, column: 'Title' },
      { line: 3, column: 'Title' },
    ]);
  });

  test('tells its progress', async () => {
    const steps: number[] = [];
    const stream = Readable.from([`${old}\np-1,P,,,A,1,deny,5\np-2,P,,,A,1,deny,5`]);
    await importProducts(database.db, stream, {
      onProgress: ({ done, total }) => steps.push(done / total),
    });
    expect(steps).toEqual([0.5, 1]);
  });
});

test('whatever the catalogue holds comes back from its export as it was', async () => {
  const eur = (amount: number) => ({ amount, currency: 'EUR' });
  await createProduct(
    database.db,
    {
      title: ' A "quoted", odd – título ',
      description:
        '<h1>Head</h1><p>a &lt; b<br>“c”</p>\n<a href="https://example.test/?a=1&b=2" target="_blank">x</a>',
      status: 'archived',
      tags: ['b', 'a', 'ünï'],
      categories: ['Wear', 'Head & neck', 'Wear > Hats'],
      images: [
        { url: '/img/a.svg', alt: ' “A” ' },
        { url: 'https://example.test/b.jpg' },
        { url: '/c.png' },
      ],
      variants: [
        {
          options: { Größe: 'S', Colour: 'Red, dark' },
          price: eur(1),
          stock: 3,
          compareAtPrice: eur(99),
        },
        { options: { Größe: 'M', Colour: 'Blue' }, price: eur(250), inventoryPolicy: 'continue' },
      ],
    },
    null,
  );
  await createProduct(
    database.db,
    { title: '=SUM(A1)', variants: [{ price: { amount: 500, currency: 'JPY' } }] },
    null,
  );
  const rows = () => database.db.selectFrom('products').selectAll().orderBy('id').execute();
  const before = await rows();
  const report = await importProducts(database.db, Readable.from(exportProducts(database.db)));
  expect(report.products).toEqual({ created: 0, updated: 0, unchanged: before.length, refused: 0 });
  expect(report.errors).toEqual([]);
  expect(await rows()).toEqual(before);
});

test('the values of an option stay in their order while their variants do', async () => {
  const variant = (Colour: string, Size: string) => ({
    options: { Colour, Size },
    price: { amount: 100, currency: 'USD' },
  });
  const shirt = await createProduct(
    database.db,
    {
      title: 'Shirt of few sizes',
      options: [
        { name: 'Colour', values: ['Red', 'Blue'] },
        { name: 'Size', values: ['S', 'M', 'L'] },
      ],
      variants: [variant('Red', 'S'), variant('Red', 'L'), variant('Blue', 'M')],
    },
    null,
  );
  const { products } = await importProducts(
    database.db,
    Readable.from(exportProducts(database.db)),
  );
  expect(products).toMatchObject({ updated: 0, refused: 0 });
  expect(await product(shirt.slug)).toEqual(shirt);

  const row = (values: string) => `${shirt.slug},Shirt of few sizes,Colour,${values},1\n`;
  const header =
    'Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant Price\n';
  const sizes = async (...rows: string[]) => {
    await take(header + rows.map(row).join(''));
    return (await product(shirt.slug)).options[1]?.values;
  };
  expect(await sizes('Red,Size,S', 'Red,Size,L', 'Blue,Size,M', 'Blue,Size,XL')).toEqual([
    'S',
    'M',
    'L',
    'XL',
  ]);
  expect(await sizes('Red,Size,XL', 'Red,Size,L', 'Blue,Size,M')).toEqual(['XL', 'L', 'M']);
});

test('a picture that was taken off a product stays off when its export is imported', async () => {
  await take(`Handle,Title,Variant Price,Image Src,Variant Image
pictured,Pictured,1,/front.jpg,/back.jpg
shown-by-its-variant,Shown,1,,/side.jpg
`);
  const { id } = await product('pictured');
  const images = [{ url: '/front.jpg', alt: 'Front' }];
  await updateProduct(database.db, id, { images }, null);
  const before = await product('pictured');
  const { products } = await importProducts(
    database.db,
    Readable.from(exportProducts(database.db)),
  );
  expect(products).toMatchObject({ updated: 0, refused: 0 });
  expect(await product('pictured')).toEqual(before);
  expect((await product('shown-by-its-variant')).images).toEqual([{ url: '/side.jpg', alt: '' }]);
});

test('a product has each picture once, whichever way it comes in', async () => {
  const images = [{ url: '/a.jpg', alt: 'First' }, { url: '/b.jpg' }, { url: '/a.jpg' }];
  const { slug } = await createProduct(
    database.db,
    { title: 'Doubled', images, variants: [{ price: { amount: 1, currency: 'USD' } }] },
    null,
  );
  const { products } = await importProducts(
    database.db,
    Readable.from(exportProducts(database.db)),
  );
  expect(products).toMatchObject({ updated: 0, refused: 0 });
  expect((await product(slug)).images).toEqual([
    { url: '/a.jpg', alt: 'First' },
    { url: '/b.jpg', alt: '' },
  ]);
});

test('a product file with more than a product has room for is refused as by every other way', async () => {
  const numbered = (count: number, text: string, separator: string) =>
    Array.from({ length: count }, (_, index) => `${text}${index}`).join(separator);
  const header = 'Handle,Title,Variant Price,Tags,Product Category\n';
  for (const [tags, categories, reason] of [
    [numbered(251, 't', ','), '', 'A product has at most 250 tags.'],
    ['x'.repeat(256), '', 'Each tag has at most 255 characters.'],
    ['', numbered(51, 'c', ';'), 'A product is in at most 50 categories.'],
    ['', 'y'.repeat(101), 'The name of a category has at most 100 characters.'],
  ] as const) {
    const { errors } = await take(`${header}full,Full,1,"${tags}","${categories}"\n`);
    expect(errors.map((error) => error.reason)).toEqual([reason]);
  }
  const pictures = Array.from({ length: 251 }, (_, index) => `full,,,/${index}.jpg\n`).join('');
  const { errors } = await take(`Handle,Title,Variant Price,Image Src\nfull,Full,1,\n${pictures}`);
  expect(errors).toMatchObject([{ reason: 'A product has at most 250 images.' }]);
});

test('an export has each product as it was at one time, whoever changes it meanwhile', async () => {
  const { db } = database;
  await createProduct(
    db,
    { title: 'Priced anew', variants: [{ price: { amount: 1999, currency: 'USD' }, stock: 1 }] },
    null,
  );
  const exported = await db.transaction().execute(async (tx) => {
    await sql`LOCK TABLE variants`.execute(tx);
    const text = Readable.from(exportProducts(db)).toArray();
    await untilBlocked(db);
    await sql`UPDATE products SET currency = 'JPY', min_price = 3000 WHERE slug = 'priced-anew'`.execute(
      tx,
    );
    await sql`
      UPDATE variants SET price = 3000
      WHERE product_id = (SELECT id FROM products WHERE slug = 'priced-anew')`.execute(tx);
    return { text };
  });
  const line = (await exported.text)
    .join('')
    .split('\n')
    .find((row) => /^priced-anew/.test(row));
  expect(line).toContain(',19.99,');
});

test('what another import makes meanwhile is brought to what the file says', async () => {
  const { db } = database;
  const file = (price: string) => `Handle,Title,Variant Price\nmade-twice,Made twice,${price}\n`;
  const second = await db.transaction().execute(async (tx) => {
    await addProduct(
      tx,
      {
        title: 'Made twice',
        slug: 'made-twice',
        variants: [{ price: { amount: 100, currency: 'USD' } }],
      },
      null,
    );
    const report = take(file('2'));
    await untilBlocked(db);
    return { report };
  });
  expect(await second.report).toMatchObject({ products: { updated: 1 }, errors: [] });
  expect((await product('made-twice')).price.amount).toBe(200);
});
