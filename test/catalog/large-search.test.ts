import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../src/database/database.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../src/database/migrate.ts';
import { searchProducts } from '../../src/modules/catalog/catalog.service.ts';
import { encodeCursor } from '../../src/shared/pages.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { rowsRead } from '../support/rows-read.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createDatabase();
  db = database.db;
  await write({ count: 600, title: 'Birch spoon', description: 'Stirs what a kettle holds.' });
  await write({ count: 4000, title: 'Steel kettle' });
  await write({ count: 3000, title: 'Birch bowl' });
});
afterAll(() => database.drop());

/** Writes products with a variant each, every one newer than all before, and returns their ids. */
async function write({
  count = 1,
  title,
  description = '',
  status = 'active',
  on = db,
}: {
  count?: number;
  title: string;
  description?: string;
  status?: string;
  on?: Db;
}): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH written AS (
      INSERT INTO products (id, slug, title, description, status, currency, min_price)
      SELECT id, id, ${title} || ' ' || n, ${description}, ${status}, 'USD', 100
      FROM (SELECT gen_random_uuid() AS id, n FROM generate_series(1, ${count}::int) AS n) AS made
      RETURNING id
    ), varied AS (
      INSERT INTO variants (id, product_id, position, title, option_key, price, currency)
      SELECT gen_random_uuid(), id, 0, 'Default Title', '[]', 100, 'USD' FROM written
      RETURNING id
    ), stocked AS (INSERT INTO stock_levels (variant_id) SELECT id FROM varied)
    SELECT id FROM written`.execute(on);
  return rows.map(({ id }) => id);
}

const remove = (ids: readonly string[]) =>
  db.deleteFrom('products').where('id', 'in', ids).execute();

/** The ids of a search, page by page, with something done after the first page. */
async function pages(
  text: string,
  { limit = 100, between = async () => {} } = {},
): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await searchProducts(db, text, { limit, ...(cursor && { cursor }) });
    found.push(...page.data.map(({ id }) => id));
    if (cursor === undefined) await between();
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

const titlesOf = async (text: string, on = db, status?: 'all') =>
  (await searchProducts(on, text, { limit: 20, status })).data.map(({ title }) => title);

/** How many rows of the table behind the index a search reads. */
const readBy = (text: string) =>
  rowsRead(db, 'product_search', (tx) => searchProducts(tx, text, { limit: 20 }));

describe('a search that thousands of products match', () => {
  it('shows each of them once, those that bear it in their names first', async () => {
    const found = await pages('kettle');
    const rows = await db.selectFrom('products').select(['id', 'title']).execute();
    const titles = new Map(rows.map(({ id, title }) => [id, title]));
    expect(new Set(found).size).toBe(found.length);
    expect(found).toHaveLength(4600);
    expect(found.findIndex((id) => titles.get(id)?.startsWith('Birch'))).toBe(4000);
  });

  it.each([
    'bowl',
    'spo',
    'birch kettle',
    'steel',
    'st',
    'spoon holding',
    'steel birch',
    'bowl 29',
    '7',
  ])('finds what a scan of all products finds for %s', async (text) => {
    const query = text
      .split(' ')
      .map((word) => `${word}:*`)
      .join(' & ');
    const { rows } = await sql<{ id: string }>`
        SELECT id FROM products WHERE search @@ to_tsquery('english', ${query})`.execute(db);
    expect(new Set(await pages(text))).toEqual(new Set(rows.map(({ id }) => id)));
  });

  it.each([
    ['the newest', 'bowl'],
    ['the oldest', 'kettle'],
    ['all together with a common word', 'steel kettle'],
    ['none together with a common word', 'steel birch'],
  ])('reads few rows where they are %s', async (_where, text) => {
    expect(await readBy(text)).toBeLessThan(3500);
  });

  it('reads next to none for what nothing bears', async () => {
    expect(await readBy('xylophone')).toBeLessThan(10);
  });

  it('ranks the newest 100 first, the best of these before all', async () => {
    const newest = await write({ count: 200, title: 'Copper teapot with a very long name' });
    const [best] = await write({ title: 'Teapot' });
    const found = await pages('teapot', { limit: 20 });
    expect(found[0]).toBe(best);
    expect(found).toHaveLength(201);
    await remove([...newest, best ?? '']);
  });

  it('neither repeats nor skips any while products come, change and go', async () => {
    const before = await pages('kettle');
    const gone = before.slice(120, 150);
    const extra: string[] = [];
    const after = await pages('kettle', {
      limit: 50,
      between: async () => {
        extra.push(...(await write({ count: 250, title: 'Kettle' })));
        await remove(gone);
        await sql`UPDATE products SET title = 'Brass kettle' WHERE id = ${before[130] ?? ''} OR id = ${before[4000] ?? ''}`.execute(
          db,
        );
      },
    });
    await remove(extra);
    expect(new Set(after).size).toBe(after.length);
    const left = new Set(after);
    expect(before.filter((id) => !left.has(id) && !gone.includes(id))).toEqual([]);
    expect(after.filter((id) => extra.includes(id))).toEqual([]);
  });
});

describe('what is searched by', () => {
  it('is what a product says, within the transaction that changes it', async () => {
    const [id = ''] = await write({ title: 'Lighthouse lamp', description: 'Burns rapeseed.' });
    await db
      .transaction()
      .execute(async (tx) => {
        await sql`
          UPDATE products SET title = 'Harbour lamp', tags = '{nautical}', description = 'Burns paraffin.'
          WHERE id = ${id}`.execute(tx);
        expect(await titlesOf('lighthouse', tx)).toEqual([]);
        expect(await titlesOf('rapeseed', tx)).toEqual([]);
        expect(await titlesOf('nautical paraffin', tx)).toEqual(['Harbour lamp']);
        expect(await titlesOf('harbuor', tx)).toEqual(['Harbour lamp']);
        throw new Error('taken back');
      })
      .catch(() => {});
    expect(await titlesOf('harbour')).toEqual([]);
    expect(await titlesOf('lighthouse rapeseed')).toEqual(['Lighthouse lamp 1']);
    await remove([id]);
    expect(await titlesOf('lighthouse')).toEqual([]);
  });

  it('forgives a slip that names bear no more, page by page', async () => {
    const ids = await write({ count: 3, title: 'Zampogna' });
    const [wrong = ''] = await write({ title: 'Zampohna' });
    expect(await titlesOf('zampohna')).toEqual(['Zampohna 1']);
    await sql`UPDATE products SET status = 'draft' WHERE id = ${wrong}`.execute(db);
    expect(await titlesOf('zampohna')).toHaveLength(3);
    await sql`UPDATE products SET title = 'Zampogna', status = 'active' WHERE id = ${wrong}`.execute(
      db,
    );
    expect(new Set(await pages('zampohna', { limit: 1 }))).toEqual(new Set([...ids, wrong]));
    await remove([...ids, wrong]);
  });

  it('shows what is not for sale to those who ask for all, as soon as its status changes', async () => {
    const [id = ''] = await write({ title: 'Zither', status: 'draft' });
    expect(await titlesOf('zither')).toEqual([]);
    expect(await titlesOf('zither', db, 'all')).toEqual(['Zither 1']);
    await sql`UPDATE products SET status = 'active' WHERE id = ${id}`.execute(db);
    expect(await titlesOf('zither')).toEqual(['Zither 1']);
    await remove([id]);
  });

  it.each([
    ['the beginning of a word of the description', 'overwint', ['Dahlia 1']],
    ['a beginning of one letter, in names', 'dahlia q', []],
    ['a number’s beginning', 'model 47', ['Model 4711 1']],
    ['three slips in a long word', 'chrysatemun', ['Chrysanthemum 1']],
    ['part of a compound', 'proof', ['Rain-proof hat 1']],
    ['a compound of words that stand apart', 'slim-fit', ['Slim fit shirt 1']],
    ['a compound with a small word in it, as a whole', 'slim t-shirt', ['Slim T-shirt 1']],
    ['the beginning of what is too long for a query', 'jjjj', ['Jigsaw jjjjx 1']],
    ['a long beginning', 'donaudampfschifffahrts', ['Donaudampfschifffahrtskapitän 1']],
  ])('answers to %s', async (_what, text, titles) => {
    const ids = [
      ...(await write({ title: 'Dahlia', description: 'Overwintering needs a dry cellar.' })),
      ...(await write({ title: 'Model 4711' })),
      ...(await write({ title: 'Chrysanthemum' })),
      ...(await write({ title: 'Rain-proof hat' })),
      ...(await write({ title: 'Slim fit shirt' })),
      ...(await write({ title: 'Slim T-shirt' })),
      ...(await write({ title: 'Jigsaw jjjjx', description: 'j'.repeat(2046) })),
      ...(await write({ title: 'Donaudampfschifffahrtskapitän' })),
    ];
    expect(await titlesOf(text)).toEqual(titles);
    await remove(ids);
  });

  it('makes no product wait for another that bears the same words', async () => {
    const ids = await db.transaction().execute(async (first) => {
      const held = await write({ title: 'Steel kettle', on: first });
      const free = await db.transaction().execute(async (second) => {
        await sql`SET LOCAL lock_timeout = '1ms'`.execute(second);
        return write({ title: 'Steel kettle', on: second });
      });
      return [...held, ...free];
    });
    await remove(ids);
  });

  it.each([
    encodeCursor([0, 5000, -Number.MAX_SAFE_INTEGER, 1, '0'.repeat(36)]),
    encodeCursor([7, 1, 1, 1, '0'.repeat(36)]),
    encodeCursor([0, Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER, crypto.randomUUID()]),
  ])('is not walked for ever by a cursor that somebody made up', async (cursor) => {
    const { data } = await searchProducts(db, 'steel kettle', { limit: 5, cursor }).catch(() => ({
      data: [],
    }));
    expect(data.length).toBeLessThanOrEqual(5);
  });
});

it('a catalogue of the version before is searched as soon as its schema is up to date', async () => {
  const old = await createDatabase();
  try {
    const isNew = async () =>
      (await migrationStatus(old.db)).some(
        ({ name, appliedAt }) => name === '0027-product-search' && appliedAt !== null,
      );
    while (await isNew()) await migrateDown(old.db);
    await write({ title: 'Oak clock', description: 'Strikes hourly.', on: old.db });
    await write({ count: 30, title: 'Pine shelf', on: old.db });
    await migrateUp(old.db);
    expect(await titlesOf('oak hourly', old.db)).toEqual(['Oak clock 1']);
    expect(await titlesOf('shlef', old.db)).toHaveLength(20);
    await write({ title: 'Oak clock', on: old.db });
    expect(await titlesOf('clock', old.db)).toHaveLength(2);
  } finally {
    await old.drop();
  }
});
