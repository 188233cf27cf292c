import { sql } from 'kysely';
import pg from 'pg';
import type { Tx } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Category, ProductRow } from './catalog.model.ts';
import { productColumns } from './catalog.repository.ts';
import type { VariantDraft } from './product-draft.model.ts';
import type { ProductFields } from './product-fields.model.ts';

/** Reads a product and keeps other writers of the catalogue from it; orders may go on naming it. */
export function lockProduct(
  tx: Tx,
  by: { readonly id: string } | { readonly slug: string },
): Promise<ProductRow | undefined> {
  const query = tx.selectFrom('products').select(productColumns).forNoKeyUpdate();
  return 'id' in by
    ? query.where('id', '=', by.id).executeTakeFirst()
    : query.where('slug', '=', by.slug).executeTakeFirst();
}

/** Slugs in use that begin with the given one. */
export async function slugsLike(tx: Tx, slug: string): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('products')
    .select('slug')
    .where('slug', '>=', slug)
    .where(sql<boolean>`starts_with(slug, ${slug})`)
    .execute();
  return new Set(rows.map((row) => row.slug));
}

/** Inserts a product; false when its slug is taken. */
export async function insertProduct(tx: Tx, id: string, fields: ProductFields): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('products')
    .values({ id, ...toColumns(fields) })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** @throws ShopError conflict when the slug is taken. */
export async function updateProductRow(tx: Tx, id: string, fields: ProductFields): Promise<void> {
  try {
    await tx
      .updateTable('products')
      .set({ ...toColumns(fields), updated_at: sql`now()` })
      .where('id', '=', id)
      .execute();
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint === 'products_slug_key')
      throw slugTaken(fields.slug);
    throw error;
  }
}

export function slugTaken(slug: string): ShopError {
  return new ShopError('conflict', `Another product already has the slug "${slug}".`);
}

export async function touchProduct(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('products').set({ updated_at: sql`now()` }).where('id', '=', id).execute();
}

export async function insertVariants(
  tx: Tx,
  productId: string,
  variants: readonly VariantDraft[],
): Promise<void> {
  if (variants.length === 0) return;
  await tx
    .insertInto('variants')
    .values(
      variants.map((variant) => ({
        ...variant,
        product_id: productId,
        options: JSON.stringify(variant.options),
      })),
    )
    .execute();
}

export async function updateVariant(tx: Tx, { id, ...variant }: VariantDraft): Promise<void> {
  await tx
    .updateTable('variants')
    .set({ ...variant, options: JSON.stringify(variant.options), updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Takes variants off sale: those that orders name are kept, archived; the others go. Their stock must be held. */
export async function removeVariants(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx
    .updateTable('variants')
    .set({ archived_at: sql`now()`, updated_at: sql`now()` })
    .where('id', 'in', ids)
    .where(sql<boolean>`EXISTS (SELECT FROM order_items WHERE variant_id = variants.id)`)
    .execute();
  await tx.deleteFrom('variants').where('id', 'in', ids).where('archived_at', 'is', null).execute();
}

/** Deletes a product that no order names; whether it did. The stock of its variants must be held. */
export async function deleteUnordered(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('products')
    .where('id', '=', id)
    .where(
      sql<boolean>`NOT EXISTS (
        SELECT FROM variants JOIN order_items ON order_items.variant_id = variants.id
        WHERE variants.product_id = products.id)`,
    )
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

export async function archiveProduct(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('products')
    .set({ status: 'archived', updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Puts a product into exactly these categories, making those that are new. */
export async function setCategories(
  tx: Tx,
  productId: string,
  categories: readonly Category[],
): Promise<void> {
  await tx.deleteFrom('product_categories').where('product_id', '=', productId).execute();
  if (categories.length === 0) return;
  await tx
    .insertInto('categories')
    .values(categories.map((category) => ({ id: newId(), ...category })))
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .execute();
  await tx
    .insertInto('product_categories')
    .columns(['product_id', 'category_id'])
    .expression((from) =>
      from
        .selectFrom('categories')
        .select([sql<string>`${productId}::uuid`.as('product_id'), 'id'])
        .where(
          'slug',
          'in',
          categories.map(({ slug }) => slug),
        ),
    )
    .execute();
}

function toColumns(fields: ProductFields) {
  return {
    ...fields,
    options: JSON.stringify(fields.options),
    images: JSON.stringify(fields.images),
  };
}
