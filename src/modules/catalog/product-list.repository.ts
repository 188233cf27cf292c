import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import { MAX_LIMIT } from '../../shared/pages.ts';
import type { ProductRow, ProductStatus } from './catalog.model.ts';
import { productColumns } from './catalog.repository.ts';

export type ProductSort = 'newest' | 'oldest' | 'price' | '-price' | 'title';

export interface ProductFilter {
  readonly status: ProductStatus | 'all';
  /** A category's slug. */
  readonly category?: string | undefined;
  readonly tag?: string | undefined;
  readonly vendor?: string | undefined;
  /** Bounds of the product's price, inclusive, in minor units. */
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  /** Only products that can be bought now. */
  readonly inStock?: boolean | undefined;
}

/** How each order walks an index: by a column and then the id, or by the id alone, which follows creation. */
export const productSorts = {
  newest: { column: null, direction: 'desc' },
  oldest: { column: null, direction: 'asc' },
  price: { column: 'min_price', direction: 'asc' },
  '-price': { column: 'min_price', direction: 'desc' },
  title: { column: 'sort_title', direction: 'asc' },
} as const satisfies Record<ProductSort, unknown>;

/** Of these columns, as PostgreSQL cannot guess them of a value in a SELECT of its own. */
const TYPES = { min_price: sql`bigint`, sort_title: sql`text` };

/**
 * Products of a filtered list after the given sort values, one more than asked for. A list of a vendor, a tag or a
 * category is walked in its order by an index of its own, and what else is asked is looked up for each product.
 */
export async function findProducts(
  db: Db,
  filter: ProductFilter,
  sort: ProductSort,
  { limit, after }: { limit: number; after: readonly (string | number)[] | null },
): Promise<ProductRow[]> {
  const { status, vendor, tag, category, inStock, minPrice, maxPrice } = filter;
  // Asked for first: of a category that it knows, PostgreSQL knows how many products it has.
  const categoryId = category === undefined ? null : await findCategoryId(db, category);
  if (categoryId === undefined) return [];
  const { column, direction } = productSorts[sort];
  const facet = facetOf(filter, categoryId);
  const walked = facet === null ? 'products' : 'product_facets';
  // Which index serves a range of prices best depends on its bounds, and how many products bear a facet then matters too:
  // that is planned each time. Whatever else is asked, the best plan is the same, and is kept: each value stands in a SELECT
  // of its own, as one that PostgreSQL sees may seem worth a plan of its own.
  const bounded = minPrice !== undefined || maxPrice !== undefined;
  const given = <T>(value: RawBuilder<T>) => (bounded ? value : sql<T>`(SELECT ${value})`);
  const price = sql.ref<number>(`${walked}.min_price`);
  const keys = [
    ...(column === null ? [] : [sql.ref(`${walked}.${column}`)]),
    sql.ref(facet === null ? 'id' : 'product_id'),
  ];

  let query = db
    .selectFrom('products')
    .select(productColumns.map((name) => `products.${name}` as const));
  if (facet !== null)
    query = query.innerJoin('product_facets', (join) =>
      join.onRef('product_id', '=', 'id').on('facet', '=', given(facet)),
    ) as typeof query;
  // In the text, so that a plan that is kept knows how many products have it.
  if (status !== 'all') query = query.where('status', '=', sql.lit(status));
  if (tag !== undefined) query = query.where(hasTag(tag));
  if (vendor !== undefined) query = query.where(isOf(vendor));
  if (minPrice !== undefined) query = query.where(price, '>=', minPrice);
  if (maxPrice !== undefined) query = query.where(price, '<=', maxPrice);
  if (inStock) query = query.where(canBeBought);
  if (categoryId !== null) query = query.where(inCategory(categoryId));
  if (after !== null) {
    const beyond = direction === 'asc' ? sql`>` : sql`<`;
    const types = [...(column === null ? [] : [TYPES[column]]), sql`uuid`];
    const last = after.map((value, nth) => given(sql`${value}::${types[nth]}`));
    query = query.where(sql<boolean>`(${sql.join(keys)}) ${beyond} (${sql.join(last)})`);
  }
  for (const key of keys) query = query.orderBy(key, direction);
  if (bounded) return query.limit(limit + 1).execute();
  // Planned for the longest page, which is in the text, and not for the very limit, which would be planned anew each time.
  const longest = query.limit(sql.lit(MAX_LIMIT + 1)).as('longest');
  return db
    .selectFrom(longest)
    .selectAll()
    .limit(sql<number>`(SELECT ${limit + 1}::int)`)
    .modifyEnd(kept)
    .execute();
}

async function findCategoryId(db: Db, slug: string): Promise<string | undefined> {
  const query = db.selectFrom('categories').select('id').where('slug', '=', slug).modifyEnd(kept);
  return (await query.executeTakeFirst())?.id;
}

/** What to walk by, where several could be: that which fewest products share, as a rule. */
function facetOf({ vendor, tag }: ProductFilter, categoryId: string | null) {
  if (vendor !== undefined) return sql<string>`product_facet('vendor', ${vendor})`;
  if (tag !== undefined) return sql<string>`product_facet('tag', ${tag})`;
  return categoryId === null ? null : sql<string>`product_facet('category', ${categoryId})`;
}

// These are looked up for each product that is met, as subqueries, which PostgreSQL neither joins nor guesses the
// outcome of: a join may read all that is in stock, and what is walked by passes them anyway.
const canBeBought = sql<boolean>`(
  SELECT true FROM variants JOIN stock_levels ON stock_levels.variant_id = variants.id
  WHERE variants.product_id = products.id AND variants.archived_at IS NULL
    AND (stock_levels.policy = 'continue' OR stock_levels.on_hand > stock_levels.reserved)
  LIMIT 1)`;

const inCategory = (id: string) => sql<boolean>`(
  SELECT true FROM product_categories
  WHERE product_categories.product_id = products.id AND category_id = ${id} LIMIT 1)`;

const hasTag = (tag: string) => sql<boolean>`(SELECT tags @> ${[tag]}::text[])`;

const isOf = (vendor: string) => sql<boolean>`(SELECT vendor = ${vendor})`;
