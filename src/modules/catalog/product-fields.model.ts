import { isDeepStrictEqual } from 'node:util';
import { invalid } from '../../shared/errors.ts';
import { isId } from '../../shared/ids.ts';
import {
  type Category,
  imagesOnce,
  type ProductImage,
  type ProductInput,
  type ProductOption,
  type ProductRow,
  type ProductStatus,
  slugOf,
  type VariantRow,
} from './catalog.model.ts';
import { cleanDescription } from './description.model.ts';
import type { VariantDraft, VariantPlan } from './product-draft.model.ts';

/** The fields of a product that are written by hand or follow from its variants. */
export interface ProductFields {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly status: ProductStatus;
  readonly vendor: string;
  readonly type: string;
  readonly tags: string[];
  readonly options: readonly ProductOption[];
  readonly images: readonly ProductImage[];
  readonly currency: string;
  readonly min_price: number;
}

/** A new product before anything is said of it. */
export const blank: ProductFields = {
  slug: '',
  title: '',
  description: '',
  status: 'active',
  vendor: '',
  type: '',
  tags: [],
  options: [],
  images: [],
  currency: '',
  min_price: 0,
};

/**
 * A product's fields from what is given, from its variants, and for the rest from what it was.
 * @throws ShopError validation_failed for a slug that would be read as an id.
 */
export function fieldsOf(
  input: ProductInput,
  plan: Pick<VariantPlan, 'options' | 'currency' | 'minPrice'>,
  before: ProductFields,
): ProductFields {
  if (input.slug !== undefined && input.slug !== before.slug && isId(input.slug))
    throw invalid('slug', 'A slug that looks like an id would never be found.');
  return {
    slug: input.slug ?? before.slug,
    title: input.title?.trim() ?? before.title,
    description:
      input.description === undefined ? before.description : cleanDescription(input.description),
    status: input.status ?? before.status,
    vendor: input.vendor?.trim() ?? before.vendor,
    type: input.type?.trim() ?? before.type,
    tags: input.tags ? [...new Set(input.tags.map((tag) => tag.trim()))] : before.tags,
    options: plan.options,
    images: input.images
      ? imagesOnce(input.images.map(({ url, alt = '' }) => ({ url, alt: alt.trim() })))
      : before.images,
    currency: plan.currency,
    min_price: plan.minPrice,
  };
}

/** What a product has of its variants as it stands. */
export function planOf(product: ProductRow) {
  return { options: product.options, currency: product.currency, minPrice: product.min_price };
}

/** Categories by their names or slugs, each once, in the order in which everybody writes them. */
export function categoriesOf(names: readonly string[]): Category[] {
  const bySlug = new Map(
    names.map((name) => [slugOf(name), { slug: slugOf(name), name: name.trim() }]),
  );
  bySlug.delete('');
  return [...bySlug.values()].sort((a, b) => (a.slug < b.slug ? -1 : 1));
}

/** Whether a variant that is there is to be written anew. */
export function differs(before: VariantRow | undefined, after: VariantDraft): boolean {
  if (!before) return false;
  const { product_id: _product, created_at: _created, updated_at: _updated, ...rest } = before;
  const columns = Object.keys(after) as (keyof VariantDraft)[];
  return columns.some((column) => !isDeepStrictEqual(rest[column], after[column]));
}
