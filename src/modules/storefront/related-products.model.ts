import type { Product } from '../catalog/catalog.model.ts';
import type { ListingFilter } from './listing-query.model.ts';
import { canBeBought } from './variant-choice.model.ts';

const SHOWN = 4;
/** How many are looked at: some are the product itself, or sold out. */
export const LOOKED_AT = 3 * SHOWN;

/** What else may please whoever looks at a product, and why it is shown. */
export interface RelatedProducts {
  readonly title: string;
  readonly products: readonly Product[];
}

/** What a product has in common with others: how they are headed, and which they are. */
interface Common {
  readonly title: string;
  readonly filter: ListingFilter;
}

/** Whether there is anything that other products could have in common with one. */
export function hasRelations({ categories, vendor }: Product): boolean {
  return categories.length > 0 || vendor !== '';
}

/** The first category of a product, or its maker; null where it has none, or nothing is to be shown. */
export function commonOf(
  { categories: [category], vendor }: Product,
  by: 'none' | 'category' | 'maker',
): Common | null {
  const newest = { status: 'active', sort: 'newest' } as const;
  if (by === 'category' && category)
    return { title: `More from ${category.name}`, filter: { ...newest, category: category.slug } };
  if (by === 'maker' && vendor)
    return { title: `More by ${vendor}`, filter: { ...newest, vendor } };
  return null;
}

/** The first other products among those that were found that can be bought; null: none. */
export function relatedTo(
  product: Product,
  { title }: Common,
  found: readonly Product[],
): RelatedProducts | null {
  const products = found
    .filter(({ id, variants }) => id !== product.id && variants.some(canBeBought))
    .slice(0, SHOWN);
  return products.length === 0 ? null : { title, products };
}
