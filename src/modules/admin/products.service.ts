import type { Db } from '../../database/database.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import type { Product, ProductStatus } from '../catalog/catalog.model.ts';
import {
  getProduct,
  listProducts,
  type ProductSort,
  searchProducts,
} from '../catalog/catalog.service.ts';
import { formOf, type ProductForm } from './product-form.model.ts';
import { onHandOf } from './products.repository.ts';

export interface ProductListing {
  readonly q?: string | undefined;
  readonly status?: ProductStatus | undefined;
  readonly sort?: ProductSort | undefined;
}

/** Products of any status: sorted, or by how well they match when words are searched for. */
export function findListing(
  db: Db,
  { q, status, sort }: ProductListing,
  page: PageRequest,
): Promise<Page<Product>> {
  if (q) return searchProducts(db, q, { ...page, status: status ?? 'all' });
  return listProducts(db, { status: status ?? 'all', sort }, page);
}

/** A product and its form as stored. @throws ShopError not_found. */
export async function readProductForm(
  db: Db,
  id: string,
): Promise<{ product: Product; form: ProductForm }> {
  const [product, onHand] = await Promise.all([
    getProduct(db, id, { all: true }),
    onHandOf(db, id),
  ]);
  return { product, form: formOf(product, onHand) };
}
