import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
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

/** Products of a filtered list after the given sort values, one more than asked for. */
export function findProducts(
  db: Db,
  filter: ProductFilter,
  sort: ProductSort,
  { limit, after }: { limit: number; after: readonly (string | number)[] | null },
): Promise<ProductRow[]> {
  const { column, direction } = productSorts[sort];
  let query = db
    .selectFrom('products')
    .select(productColumns)
    .limit(limit + 1);
  if (filter.status !== 'all') query = query.where('status', '=', filter.status);
  if (filter.tag !== undefined) query = query.where('tags', '@>', sql<string[]>`${[filter.tag]}`);
  if (filter.vendor !== undefined) query = query.where('vendor', '=', filter.vendor);
  if (filter.minPrice !== undefined) query = query.where('min_price', '>=', filter.minPrice);
  if (filter.maxPrice !== undefined) query = query.where('min_price', '<=', filter.maxPrice);
  if (filter.inStock) query = query.where(canBeBought);
  if (filter.category !== undefined) query = query.where(inCategory(filter.category));

  if (column !== null) query = query.orderBy(column, direction);
  query = query.orderBy('id', direction);
  if (after === null) return query.execute();
  const keys = sql.join([...(column === null ? [] : [column]), 'id'].map((name) => sql.ref(name)));
  const beyond = direction === 'asc' ? sql`>` : sql`<`;
  return query.where(sql<boolean>`(${keys}) ${beyond} (${sql.join(after)})`).execute();
}

const canBeBought = sql<boolean>`EXISTS (
  SELECT FROM variants JOIN stock_levels ON stock_levels.variant_id = variants.id
  WHERE variants.product_id = products.id AND variants.archived_at IS NULL
    AND (stock_levels.policy = 'continue' OR stock_levels.on_hand > stock_levels.reserved))`;

const inCategory = (slug: string) => sql<boolean>`EXISTS (
  SELECT FROM product_categories
  WHERE product_categories.product_id = products.id
    AND category_id = (SELECT id FROM categories WHERE slug = ${slug}))`;
