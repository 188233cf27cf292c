import type { FieldError } from '../../shared/errors.ts';
import { currencyExponent, parseDecimal } from '../../shared/money.ts';
import type { ProductFilter, ProductSort } from '../catalog/catalog.service.ts';

/** A list's filters as they stand in its address. */
export interface TypedFilters {
  readonly category?: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly stock?: string | undefined;
  readonly sort?: string | undefined;
}

export const sortLabels: Readonly<Record<ProductSort, string>> = {
  newest: 'Newest first',
  oldest: 'Oldest first',
  price: 'Price, low to high',
  '-price': 'Price, high to low',
  title: 'Name',
};

export interface ListingFilter extends ProductFilter {
  readonly sort: ProductSort;
}

/** Reads typed filters, prices in a currency; what cannot be read is left out and named in `errors`. */
export function readFilters(
  typed: TypedFilters,
  currency: string,
): {
  filter: ListingFilter;
  errors: FieldError[];
} {
  const errors: FieldError[] = [];
  const bound = (path: 'min' | 'max'): number | undefined => {
    const text = typed[path]?.trim().replace(/^\p{Sc}/u, '');
    if (!text) return undefined;
    const amount = parseDecimal(text, currency);
    if (amount !== null) return amount;
    const example = currencyExponent(currency) === 0 ? '2000' : '20 or 19.99';
    errors.push({ path, message: `Type an amount such as ${example}.` });
    return undefined;
  };
  return {
    filter: {
      status: 'active',
      category: typed.category || undefined,
      minPrice: bound('min'),
      maxPrice: bound('max'),
      inStock: typed.stock === 'on',
      sort: isSort(typed.sort) ? typed.sort : 'newest',
    },
    errors,
  };
}

/** Whether a list shows less than everything. */
export function isFiltered(filter: ListingFilter): boolean {
  const { category, minPrice, maxPrice, inStock } = filter;
  return [category, minPrice, maxPrice].some((value) => value !== undefined) || inStock === true;
}

/** An address with those parameters that say something. */
export function addressOf(
  path: string,
  parameters: Readonly<Record<string, string | null | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query}` : path;
}

function isSort(text: string | undefined): text is ProductSort {
  return text !== undefined && Object.hasOwn(sortLabels, text);
}
