import type { Shown } from '../../database/changes.ts';
import type { Db } from '../../database/database.ts';
import { invalid, notFound } from '../../shared/errors.ts';
import { isId } from '../../shared/ids.ts';
import { DEFAULT_CURRENCY } from '../../shared/money.ts';
import { decodeCursor, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import { availableOf } from '../inventory/inventory.model.ts';
import type { Category, Product, ProductStatus, VariantInCart } from './catalog.model.ts';
import {
  completeProducts,
  findCategories,
  findProduct,
  findVariantsByIds,
} from './catalog.repository.ts';
import {
  findProducts,
  type ProductFilter,
  type ProductSort,
  productSorts,
} from './product-list.repository.ts';
import { type AskedWord, searchTiers } from './search.model.ts';
import { findWords } from './search.repository.ts';
import { FIRST_BLOCK, findMatches, readCursor } from './search.service.ts';

export type { ProductFilter, ProductSort };

/** A page of the catalogue. Pages stay whole when products come and go between them. */
export async function listProducts(
  db: Db,
  { sort = 'newest', ...filter }: ProductFilter & { readonly sort?: ProductSort | undefined },
  { limit, cursor }: PageRequest,
): Promise<Page<Product>> {
  const { column } = productSorts[sort];
  const shape = { min_price: ['number', 'id'], sort_title: ['string', 'id'] } as const;
  const after =
    cursor === undefined ? null : decodeCursor(cursor, column === null ? ['id'] : shape[column]);
  const rows = await findProducts(db, filter, sort, { limit, after });
  const page = toPage(rows, limit, (row) => (column === null ? [row.id] : [row[column], row.id]));
  return { data: await completeProducts(db, page.data), nextCursor: page.nextCursor };
}

/**
 * Products that bear every word of `text`, best first; words match by stem and by beginning, and a word that no name
 * bears also matches what it may have meant (`forgiving`). @throws ShopError validation_failed when there is nothing to search for.
 */
export async function searchProducts(
  db: Db,
  text: string,
  {
    limit,
    cursor,
    status = 'active',
    forgiving = true,
  }: PageRequest & { status?: ProductStatus | 'all' | undefined; forgiving?: boolean },
): Promise<Page<Product>> {
  if (text.trim() === '') throw invalid('q', 'Say what to search for.');
  const from = cursor === undefined ? FIRST_BLOCK : readCursor(cursor);
  const find = (words: readonly AskedWord[]) =>
    findMatches(db, searchTiers(words), status, from, limit + 1);
  const words = await findWords(db, text, { forgiving, status, now: false });
  let matches = await find(words);
  if (matches.length === 0 && countBorne(words) > 0) {
    // The names that bore them may be gone, or not for the caller to see.
    const anew = await findWords(db, text, { forgiving, status, now: true });
    if (countBorne(anew) < countBorne(words)) matches = await find(anew);
  }
  const page = toPage(matches, limit, ({ at }) => at);
  const rows = page.data.map(({ product }) => product);
  return { data: await completeProducts(db, rows), nextCursor: page.nextCursor };
}

const countBorne = (words: readonly AskedWord[]): number =>
  words.filter(({ borne }) => borne).length;

/**
 * One product by id or slug. Only administrators (`all`) see drafts and what is archived.
 * @throws ShopError not_found
 */
export async function getProduct(
  db: Db,
  idOrSlug: string,
  { all }: { all: boolean },
): Promise<Product> {
  const row = await findProduct(db, isId(idOrSlug) ? { id: idOrSlug } : { slug: idOrSlug });
  if (!row || (row.status !== 'active' && !all)) throw notFound('The product');
  const [product] = await completeProducts(db, [row]);
  if (!product) throw notFound('The product');
  return product;
}

/** The currency that the shop sells in: that of the newest product on sale. */
export async function currencyOnSale(db: Db): Promise<string> {
  const [newest] = await findProducts(db, { status: 'active' }, 'newest', {
    limit: 0,
    after: null,
  });
  return newest?.currency ?? DEFAULT_CURRENCY;
}

/** Every category that has a product on sale, by name. */
export function listCategories(db: Db): Promise<Category[]> {
  return findCategories(db);
}

/** What shows these products, for whoever keeps it. */
export function showing(
  products: readonly Product[],
  { selectedByStock = false }: Partial<Pick<Shown, 'selectedByStock'>> = {},
): Shown {
  const variantIds = products.flatMap(({ variants }) => variants.map(({ id }) => id));
  return { variantIds, selectedByStock };
}

/** Variants as carts need them; ids that name none are left out. */
export async function variantsById(db: Db, ids: readonly string[]): Promise<VariantInCart[]> {
  if (ids.length === 0) return [];
  const rows = await findVariantsByIds(db, ids);
  return rows.map((row) => ({
    id: row.id,
    sku: row.sku,
    title: row.title,
    productId: row.product_id,
    productSlug: row.product_slug,
    productTitle: row.product_title,
    options: row.options,
    price: { amount: row.price, currency: row.currency },
    image:
      row.product_images.find((image) => image.url === row.image_url) ??
      row.product_images[0] ??
      null,
    available: availableOf(row),
    inventoryPolicy: row.policy,
    forSale: row.product_status === 'active' && row.archived_at === null,
  }));
}
