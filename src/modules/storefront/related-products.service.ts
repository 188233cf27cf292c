import type { Db } from '../../database/database.ts';
import type { Product } from '../catalog/catalog.model.ts';
import { listProducts } from '../catalog/catalog.service.ts';
import { canBeBought } from './variant-choice.model.ts';

const SHOWN = 4;
/** Some of what is found is the product itself, or sold out. */
const LOOKED_AT = 3 * SHOWN;

/** What else may please whoever looks at a product, and why it is shown. */
export interface RelatedProducts {
  readonly title: string;
  readonly products: readonly Product[];
}

/** Whether there is anything that other products could have in common with one. */
export function hasRelations({ categories, vendor }: Product): boolean {
  return categories.length > 0 || vendor !== '';
}

/** The newest other products of the first category, or by the same maker, that can be bought; null: none. */
export async function relatedProducts(
  db: Db,
  product: Product,
  by: 'none' | 'category' | 'maker',
): Promise<RelatedProducts | null> {
  const shared = sharedBy(product, by);
  if (shared === null) return null;
  const { data } = await listProducts(
    db,
    { status: 'active', ...shared.filter },
    { limit: LOOKED_AT },
  );
  const products = data
    .filter(({ id, variants }) => id !== product.id && variants.some(canBeBought))
    .slice(0, SHOWN);
  return products.length === 0 ? null : { title: shared.title, products };
}

function sharedBy({ categories: [category], vendor }: Product, by: 'none' | 'category' | 'maker') {
  if (by === 'category' && category)
    return { title: `More from ${category.name}`, filter: { category: category.slug } };
  if (by === 'maker' && vendor) return { title: `More by ${vendor}`, filter: { vendor } };
  return null;
}
