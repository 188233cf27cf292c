import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../src/database/database.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../src/database/migrate.ts';
import { searchProducts } from '../../src/modules/catalog/catalog.service.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createDatabase();
  db = database.db;
});
afterEach(() => db.deleteFrom('products').execute());
afterAll(() => database.drop());

const write = (
  {
    title,
    vendor = '',
    tags = [],
    description = '',
  }: Partial<Record<'vendor' | 'description', string>> & { title: string; tags?: string[] },
  on = db,
) =>
  sql`
    WITH written AS (
      INSERT INTO products (id, slug, title, vendor, tags, description, status, currency, min_price)
      SELECT id, id, ${title}, ${vendor}, ${tags}::text[], ${description}, 'active', 'USD', 100
      FROM gen_random_uuid() AS id
      RETURNING id
    ), varied AS (
      INSERT INTO variants (id, product_id, position, title, option_key, price, currency)
      SELECT gen_random_uuid(), id, 0, 'Default Title', '[]', 100, 'USD' FROM written
      RETURNING id
    )
    INSERT INTO stock_levels (variant_id) SELECT id FROM varied`.execute(on);

const titlesOf = async (text: string, on = db, forgiving = false) =>
  (await searchProducts(on, text, { limit: 20, forgiving })).data.map(({ title }) => title);

describe('a product is found', () => {
  it.each([
    ['T-Shirt Black/White', ['white', 'black', 'shirt', 'black/white', 'White / Black']],
    ['T-Shirt Black/White', ['tshirt', 't-shirt', 'tshirts', 'tsh']],
    ['Chanel No.5', ['5', 'no.5', 'chanel 5', 'No. 5']],
    ['Camera X-5', ['5', 'x-5', 'x 5', 'camera 5']],
    ['Lens 24-70', ['70', '24', '24-70']],
    ['Reading glass +1.5', ['1.5', '+1.5']],
    ['Ski 1.5 m', ['1.5', '1.5 m']],
    ['Bolt M10.0', ['m10', 'm10.0']],
    ['Boot Ten.2', ['ten 2', 'ten.2']],
    ['Cable foo_bar', ['bar', 'foo_bar', 'foo bar']],
    ['Red|Blue a@b', ['blue', 'red', 'a@b']],
    ['Mail hello@shop.example', ['hello', 'shop', 'hello@shop.example']],
    ['familydog.com/history', ['familydog', 'history', 'familydog.com']],
    ['Rope ~5mm', ['5mm', '~5mm']],
    ['Polo ½/¼', ['polo']],
    ['Cafe\u0301 cre\u0300me', ['café', 'cafe\u0301', 'crème', 'CRÈME']],
    ['Café noir', ['cafe\u0301', 'CAFÉ']],
    ['Weiß', ['weiss', 'WEISS', 'weiß', 'WEIẞ']],
    ['Wi-Fi router', ['wifi', 'wi-fi', 'wi fi', 'wif']],
    ['Wifi router', ['wi-fi', 'wifi']],
    ['Tshirt', ['t-shirt', 't-shirts']],
    ['Up-to-date almanac', ['uptodate', 'up-to-date', 'date']],
    ['L.A.M.B. bag', ['lamb', 'l.a.m.b', 'L.A.M.B.', 'bag']],
    ['USA flag', ['U.S.A.', 'u.s.a', 'usa']],
    ['J.Crew', ['crew', 'j.crew', 'j crew']],
    ['Men’s hat', ['men', 'men’s', "men's"]],
  ])('as %s by %j', async (title, queries) => {
    await write({ title });
    for (const query of queries) expect([query, await titlesOf(query)]).toEqual([query, [title]]);
  });

  it('by words of its vendor, tags and description, and by nothing that tags of HTML say', async () => {
    await write({
      title: 'Bowl',
      vendor: 'Dent/Dale',
      tags: ['Soft-Ware', 'a/b_clay'],
      description:
        '<p>Cotton/linen,<br>for R&amp;D.<a href="https://shop.example/peril">Dry-Clean.Twice</a></p>',
    });
    for (const query of ['dale', 'clay', 'software', 'linen', 'cotton', 'twice', 'clean', 'R&D'])
      expect([query, await titlesOf(query)]).toEqual([query, ['Bowl']]);
    for (const query of ['peril', 'href', 'amp', 'br', 'p'])
      expect([query, await titlesOf(query)]).toEqual([query, []]);
  });

  it('by a mistyped word of those', async () => {
    await write({ title: 'Turtle/Pigeon Hi-Fidelity' });
    for (const query of ['pigoen', 'turtel', 'hifidelty', 'fidelty', 'pigoen/turtel'])
      expect([query, await titlesOf(query, db, true)]).toHaveProperty('1.length', 1);
  });

  it('in whose row its words have no room beside those of the version before, by the latter', async () => {
    const rare = (seed: number, length: number) =>
      Array.from({ length }, (_, n) =>
        String.fromCodePoint(0x20000 + ((seed * 7919 + n * 104729) % 40_000)),
      ).join('');
    await write({
      title: 'Library',
      tags: Array.from({ length: 250 }, (_, n) => `${rare(n, 127)}-${rare(n + 500, 127)}`),
      description: Array.from({ length: 11_000 }, (_, n) => rare(n + 1000, 8)).join(' '),
    });
    const { rows } = await sql`SELECT FROM product_search WHERE names @@ 'librari'`.execute(db);
    expect(rows).toHaveLength(1);
  });

  it('not by what two numbers have in common', async () => {
    await write({ title: 'Ski 1.5 m' });
    expect(await titlesOf('15')).toEqual([]);
    expect(await titlesOf('5')).toEqual([]);
  });
});

it.each([
  ...['/', '-', '~.+-_/', '<', '</', "'", '\\', '\u0300', '.'].map((text) => [text, 1] as const),
  ...['/', 'a.', 'a-', '<a', 'e\u0301\u0327', '\u0301\u0327', 'ß', '1.', 'a1', '-5'].map(
    (text) => [text, 10_000] as const,
  ),
])('a search for nothing but signs is none that fails: %j, %i times', async (text, times) => {
  expect(await titlesOf(text.repeat(times), db, true)).toEqual([]);
});

it.each(['a.', '1.', 'a1.1', '</', '<a', '-', 'a-', 'a-b ', 'a1', 'e\u0301'])(
  'a long text of %j is read in a time that grows as it does',
  async (sign) => {
    const msOf = async (times: number) => {
      const took: number[] = [];
      for (let n = 0; n < 3; n += 1) {
        const start = performance.now();
        await sql`SELECT length(search_name(repeat(${sign}, ${times}::int)))`.execute(db);
        took.push(performance.now() - start);
      }
      return Math.min(...took);
    };
    // Ten times as long: a hundred times as much where it grows by the square.
    expect(await msOf(100_000)).toBeLessThan(40 * (await msOf(10_000)) + 100);
  },
);

describe('a catalogue that is there already', () => {
  const before = async () => {
    const old = await createDatabase();
    const applied = async () =>
      (await migrationStatus(old.db)).some(
        ({ name, appliedAt }) => name === '0038-search-text' && appliedAt !== null,
      );
    while (await applied()) await migrateDown(old.db);
    return old;
  };

  it('is found by the words of each product once its schema is up to date, and down again as it was', async () => {
    const old = await before();
    try {
      await write({ title: 'T-Shirt Black/Indigo', description: 'Linen/hemp.' }, old.db);
      for (let n = 0; n < 3; n += 1) await write({ title: `Oak clock ${n}` }, old.db);
      const kept = () =>
        sql`SELECT product_id, names, texts FROM product_search ORDER BY 1`.execute(old.db);
      const { rows: asBefore } = await kept();
      await migrateUp(old.db);
      for (const query of ['indigo', 'tshirt', 'hemp', 'black/indigo'])
        expect([query, await titlesOf(query, old.db)]).toEqual([query, ['T-Shirt Black/Indigo']]);
      expect(await titlesOf('indgio', old.db, true)).toEqual(['T-Shirt Black/Indigo']);

      while ((await migrateDown(old.db)) !== '0038-search-text');
      expect((await kept()).rows).toEqual(asBefore);
    } finally {
      await old.drop();
    }
  });

  it('is found by the version before too, which reads some signs as letters', async () => {
    await write({ title: 'Perfume No.5 Black/White' });
    const { rows } = await sql`
      SELECT FROM newest_places('{^no.5,^black/white}', '{active}', 9007199254740991, 0, 10)`.execute(
      db,
    );
    expect(rows).toHaveLength(1);
  });
});
