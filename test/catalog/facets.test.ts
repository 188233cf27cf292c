import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  listProducts,
  type ProductFilter,
  type ProductSort,
} from '../../src/modules/catalog/catalog.service.ts';
import type { NewProduct } from '../../src/modules/catalog/write-product.service.ts';
import {
  createProduct,
  deleteProduct,
  updateProduct,
} from '../../src/modules/catalog/write-product.service.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

async function create(title: string, amount: number, input: Partial<NewProduct> = {}) {
  const variants = [{ price: { amount, currency: 'USD' } }];
  const product = await createProduct(
    database.db,
    { title, status: 'active', variants, ...input },
    null,
  );
  return product.id;
}

async function titles(filter: Partial<ProductFilter> & { sort?: ProductSort }): Promise<string[]> {
  const { data } = await listProducts(database.db, { status: 'active', ...filter }, { limit: 50 });
  return data.map(({ title }) => title);
}

/** What the table of facets has and should not, and should have and has not. */
async function differences(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    WITH wanted AS (
      SELECT id, facet, min_price, sort_title FROM products, product_facets_of(id, vendor, tags) AS facet
    ), kept AS (SELECT product_id, facet, min_price, sort_title FROM product_facets)
    SELECT count(*) FROM (
      (TABLE wanted EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE wanted)) AS different`.execute(
    database.db,
  );
  return rows[0]?.count ?? 0;
}

describe('a list of a vendor, a tag or a category', () => {
  it('follows each change of a product, in every order', async () => {
    const { db } = database;
    const common = { vendor: 'Lund', tags: ['oak', 'oak', 'old'], categories: ['Kitchen'] };
    const board = await create('Board', 300, common);
    const spoon = await create('Spoon', 100, common);
    await create('Ladle', 200, { ...common, categories: ['Kitchen', 'Gifts'] });
    for (const filter of [{ vendor: 'Lund' }, { tag: 'oak' }, { category: 'kitchen' }]) {
      expect(await titles(filter)).toEqual(['Ladle', 'Spoon', 'Board']);
      expect(await titles({ ...filter, sort: 'price' })).toEqual(['Spoon', 'Ladle', 'Board']);
      expect(await titles({ ...filter, sort: 'title' })).toEqual(['Board', 'Ladle', 'Spoon']);
      expect(await titles({ ...filter, sort: '-price', maxPrice: 250 })).toEqual([
        'Ladle',
        'Spoon',
      ]);
    }

    const { variants } = (await listProducts(db, { status: 'active' }, { limit: 3 })).data[2] ?? {};
    const priced = variants?.map((variant) => ({
      id: variant.id,
      price: { amount: 50, currency: 'USD' },
    }));
    await updateProduct(db, board, { variants: priced ?? [], vendor: 'Berg' }, null);
    await updateProduct(
      db,
      spoon,
      { tags: ['old'], categories: ['Gifts'], title: 'A spoon' },
      null,
    );
    expect(await titles({ vendor: 'Lund' })).toEqual(['Ladle', 'A spoon']);
    expect(await titles({ vendor: 'Berg' })).toEqual(['Board']);
    expect(await titles({ tag: 'oak', sort: 'price' })).toEqual(['Board', 'Ladle']);
    expect(await titles({ tag: 'old', sort: 'title' })).toEqual(['A spoon', 'Board', 'Ladle']);
    expect(await titles({ category: 'kitchen', sort: 'price' })).toEqual(['Board', 'Ladle']);
    expect(await titles({ category: 'gifts', tag: 'old', vendor: 'Lund', sort: 'price' })).toEqual([
      'A spoon',
      'Ladle',
    ]);
    await deleteProduct(db, board);
    expect(await titles({ tag: 'oak' })).toEqual(['Ladle']);
    expect(await differences()).toBe(0);
  });

  it('keeps up with products that are written at once', async () => {
    const { db } = database;
    const id = await create('Stool', 500, { categories: ['Hall'], tags: ['a'] });
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        n % 2 === 0
          ? updateProduct(db, id, { categories: [`Room ${n}`], tags: [`tag ${n}`] }, null)
          : sql`UPDATE products SET min_price = ${n}, vendor = ${`v${n}`} WHERE id = ${id}`.execute(
              db,
            ),
      ),
    );
    expect(await differences()).toBe(0);
  });

  it('keeps the price that is changed while a product comes into a category', async () => {
    const { db } = database;
    const id = await create('Bench', 700);
    const categoryId = crypto.randomUUID();
    await db
      .insertInto('categories')
      .values({ id: categoryId, slug: 'porch', name: 'Porch' })
      .execute();
    const put = await db.transaction().execute(async (tx) => {
      await sql`UPDATE products SET min_price = 650 WHERE id = ${id}`.execute(tx);
      return {
        done: db
          .insertInto('product_categories')
          .values({ product_id: id, category_id: categoryId })
          .execute(),
      };
    });
    await put.done;
    expect(await titles({ category: 'porch', maxPrice: 650 })).toEqual(['Bench']);
    expect(await differences()).toBe(0);
  });
});
