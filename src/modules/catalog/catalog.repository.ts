import { sql } from 'kysely';
import { isAmong } from '../../database/arrays.ts';
import type { Db } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import { availableOf, type InventoryPolicy } from '../inventory/inventory.model.ts';
import type { Category, Product, ProductRow, Variant, VariantRow } from './catalog.model.ts';

/** Every column of a product but its search vector. */
export const productColumns = [
  'id',
  'slug',
  'title',
  'description',
  'status',
  'vendor',
  'type',
  'tags',
  'options',
  'images',
  'currency',
  'min_price',
  'sort_title',
  'created_at',
  'updated_at',
] as const;

/** Every column of a variant, named, as a plan that is kept outlives no change of what it returns. */
const variantColumns = [
  'variants.id',
  'variants.product_id',
  'variants.position',
  'variants.sku',
  'variants.title',
  'variants.options',
  'variants.option_key',
  'variants.price',
  'variants.compare_at_price',
  'variants.currency',
  'variants.image_url',
  'variants.archived_at',
  'variants.created_at',
  'variants.updated_at',
] as const;

/** A variant with its stock of this moment. */
export interface StockedVariantRow extends VariantRow {
  on_hand: number;
  reserved: number;
  policy: InventoryPolicy;
}

/** A product by its id or its slug. */
export function findProduct(
  db: Db,
  by: { readonly id: string } | { readonly slug: string },
): Promise<ProductRow | undefined> {
  const query = db.selectFrom('products').select(productColumns).modifyEnd(kept);
  return 'id' in by
    ? query.where('id', '=', by.id).executeTakeFirst()
    : query.where('slug', '=', by.slug).executeTakeFirst();
}

/**
 * Completes product rows, in their order, with variants on sale, stock and categories: two statements for all. A
 * product that was deleted since its row was read is left out.
 */
export async function completeProducts(db: Db, rows: readonly ProductRow[]): Promise<Product[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [variants, categories] = await Promise.all([
    findVariants(db, ids),
    findCategoriesOf(db, ids),
  ]);
  const variantsOf = Map.groupBy(variants, (variant) => variant.product_id);
  const categoriesOf = Map.groupBy(categories, (category) => category.product_id);
  return rows.flatMap((row) => {
    const known = variantsOf.get(row.id);
    if (!known) return [];
    return toProduct(
      row,
      known.filter((variant) => variant.archived_at === null),
      (categoriesOf.get(row.id) ?? []).map(({ slug, name }) => ({ slug, name })),
    );
  });
}

/** Variants of products in their order, with their stock; also those taken off sale. */
export function findVariants(db: Db, productIds: readonly string[]): Promise<StockedVariantRow[]> {
  return db
    .selectFrom('variants')
    .innerJoin('stock_levels', 'stock_levels.variant_id', 'variants.id')
    .select(variantColumns)
    .select(['stock_levels.on_hand', 'stock_levels.reserved', 'stock_levels.policy'])
    .where(isAmong('variants.product_id', productIds))
    .orderBy('variants.position')
    .orderBy('variants.id')
    .modifyEnd(kept)
    .execute();
}

export function findCategoriesOf(
  db: Db,
  productIds: readonly string[],
): Promise<(Category & { product_id: string })[]> {
  return db
    .selectFrom('product_categories')
    .innerJoin('categories', 'categories.id', 'product_categories.category_id')
    .select(['product_categories.product_id', 'categories.slug', 'categories.name'])
    .where(isAmong('product_categories.product_id', productIds))
    .orderBy('categories.name')
    .modifyEnd(kept)
    .execute();
}

/** Every category that has a product on sale, by name. */
export function findCategories(db: Db): Promise<Category[]> {
  return (
    db
      .selectFrom('categories')
      .select(['slug', 'name'])
      // Of each the first one that is found, however many there are; EXISTS might join all.
      .where(
        sql<boolean>`(
          SELECT true FROM product_categories JOIN products ON products.id = product_id
          WHERE category_id = categories.id AND status = 'active' LIMIT 1)`,
      )
      .orderBy('name')
      .execute()
  );
}

/** Variants by their ids, with product and stock, whatever their state. */
export function findVariantsByIds(db: Db, ids: readonly string[]) {
  return db
    .selectFrom('variants')
    .innerJoin('products', 'products.id', 'variants.product_id')
    .innerJoin('stock_levels', 'stock_levels.variant_id', 'variants.id')
    .selectAll('variants')
    .select([
      'products.slug as product_slug',
      'products.title as product_title',
      'products.status as product_status',
      'products.images as product_images',
      'stock_levels.on_hand',
      'stock_levels.reserved',
      'stock_levels.policy',
    ])
    .where('variants.id', 'in', ids)
    .execute();
}

function toProduct(
  row: ProductRow,
  variants: readonly StockedVariantRow[],
  categories: Category[],
): Product {
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    description: row.description,
    status: row.status,
    vendor: row.vendor,
    type: row.type,
    tags: row.tags,
    categories,
    options: row.options,
    price: { amount: row.min_price, currency: row.currency },
    images: row.images,
    variants: variants.map(toVariant),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function toVariant(row: StockedVariantRow): Variant {
  const { currency } = row;
  return {
    id: row.id,
    sku: row.sku,
    title: row.title,
    options: row.options,
    price: { amount: row.price, currency },
    compareAtPrice:
      row.compare_at_price === null ? null : { amount: row.compare_at_price, currency },
    available: availableOf(row),
    inventoryPolicy: row.policy,
  };
}
