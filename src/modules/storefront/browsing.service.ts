import type { Reading } from '../../http/cache/visitor-reads.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import type { Category, Product, ProductImage } from '../catalog/catalog.model.ts';
import {
  currencyOnSale,
  getProduct,
  listCategories,
  listProducts,
  searchProducts,
  showing,
} from '../catalog/catalog.service.ts';
import type { ListingFilter } from './listing-query.model.ts';

const NEWEST = 8;
/** Categories with a picture on the front page. */
const SHOWN_CATEGORIES = 6;

export interface PicturedCategory extends Category {
  readonly image: ProductImage | null;
}

export const allCategories: Reading<[], Category[]> = {
  name: 'categories',
  read: listCategories,
  shown: () => showing([]),
};

/** What bounds of prices are typed in. */
export const sellingCurrency: Reading<[], string> = {
  name: 'currency',
  read: currencyOnSale,
  shown: () => showing([]),
};

/** The newest products, and categories with the picture of one of their products each. */
export const frontPage: Reading<[], { newest: Product[]; categories: PicturedCategory[] }> = {
  name: 'front page',
  async read(db) {
    const [newest, categories] = await Promise.all([
      listProducts(db, { status: 'active' }, { limit: NEWEST }),
      listCategories(db),
    ]);
    const pictured = categories.slice(0, SHOWN_CATEGORIES).map(async (category) => {
      const filter = { status: 'active', category: category.slug } as const;
      const { data } = await listProducts(db, filter, { limit: 1 });
      return { ...category, image: data[0]?.images[0] ?? null };
    });
    return { newest: newest.data, categories: await Promise.all(pictured) };
  },
  shown: ({ newest }) => showing(newest),
};

export const listing: Reading<[ListingFilter, PageRequest], Page<Product>> = {
  name: 'listing',
  read: listProducts,
  shown: ({ data }, { inStock }) => showing(data, { selectedByStock: inStock === true }),
};

type SearchRequest = PageRequest & { readonly forgiving: boolean };

export const search: Reading<[words: string, SearchRequest], Page<Product>> = {
  name: 'search',
  read: searchProducts,
  shown: ({ data }) => showing(data),
};

export const oneProduct: Reading<[slug: string], Product> = {
  name: 'product',
  read: (db, slug) => getProduct(db, slug, { all: false }),
  shown: (product) => showing([product]),
};
