import type { Static } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { Reads } from '../../database/replicas/reads.ts';
import type { Reply, Request } from '../../http/app-type.ts';
import type { CachedAnswers } from '../../http/cache/cached-answers.ts';
import { demand, isAllowed, principalOf } from '../../http/principal.ts';
import { invalid } from '../../shared/errors.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import { countsUnits, type ProductInput, type VariantInput } from './catalog.model.ts';
import type {
  CreateProductBody,
  ListProductsQuery,
  ProductBody,
  SearchProductsQuery,
} from './catalog.schemas.ts';
import {
  getProduct,
  listCategories,
  listProducts,
  searchProducts,
  showing,
} from './catalog.service.ts';
import { createProduct, deleteProduct, updateProduct } from './write-product.service.ts';

export interface CatalogDeps {
  readonly db: Db;
  readonly reads: Reads;
  readonly answers: CachedAnswers;
  /** Whether searches look for what a mistyped word may have meant; alike for everybody, as answers are kept. */
  readonly forgives: () => Promise<boolean>;
}

export function catalogController({ db, reads, answers, forgives }: CatalogDeps) {
  return {
    list(request: Request, reply: Reply, query: Static<typeof ListProductsQuery>) {
      const { limit = DEFAULT_LIMIT, cursor, status, ...filter } = query;
      return answers.answer(request, reply, {
        load: (since) =>
          reads.at(since, (from) =>
            listProducts(from, { ...filter, status: seen(request, status) }, { limit, cursor }),
          ),
        shown: ({ data }) => showing(data, { selectedByStock: filter.inStock === true }),
      });
    },

    search(request: Request, reply: Reply, query: Static<typeof SearchProductsQuery>) {
      const { q, limit = DEFAULT_LIMIT, cursor, status } = query;
      return answers.answer(request, reply, {
        load: async (since) => {
          const page = {
            limit,
            cursor,
            status: seen(request, status),
            forgiving: await forgives(),
          };
          return reads.at(since, (from) => searchProducts(from, q, page));
        },
        shown: ({ data }) => showing(data),
      });
    },

    show(request: Request, reply: Reply, id: string) {
      return answers.answer(request, reply, {
        load: (since) =>
          reads.at(since, (from) =>
            getProduct(from, id, { all: isAllowed(request, 'catalog:read') }),
          ),
        shown: (product) => showing([product]),
      });
    },

    create(request: Request, body: Static<typeof CreateProductBody>) {
      const { title } = body;
      const { variants = [shortVariant(body)], ...input } = longForm(body);
      if (countsUnits(variants, { anew: true })) demand(request, 'stock:write');
      return createProduct(db, { ...input, title, variants }, principalOf(request).userId);
    },

    update(request: Request, id: string, body: ProductBody) {
      const input = longForm(body);
      const onlyVariant = shortVariant(body);
      if (countsUnits(input.variants ?? [onlyVariant])) demand(request, 'stock:write');
      const change = Object.keys(onlyVariant).length > 0 ? { ...input, onlyVariant } : input;
      return updateProduct(db, id, change, principalOf(request).userId);
    },

    delete: (id: string) => deleteProduct(db, id),

    categories: (request: Request, reply: Reply) =>
      answers.answer(request, reply, {
        load: async (since) => ({ data: await reads.at(since, listCategories) }),
        shown: () => showing([]),
      }),
  };
}

/** What a caller sees of what they ask for: all but active products are the staff's. */
function seen(request: Request, status: Static<typeof ListProductsQuery>['status']) {
  return (isAllowed(request, 'catalog:read') ? status : undefined) ?? 'active';
}

/** The fields of a product; those of the short form come apart. */
function longForm(body: ProductBody): ProductInput {
  const {
    sku: _sku,
    price: _price,
    compareAtPrice: _was,
    stock: _stock,
    inventoryPolicy: _policy,
    ...input
  } = body;
  if (input.variants && Object.keys(shortVariant(body)).length > 0)
    throw invalid('variants', 'Give either `variants` or the fields of a single variant.');
  return input;
}

function shortVariant(body: ProductBody): VariantInput {
  const { sku, price, compareAtPrice, stock, inventoryPolicy } = body;
  return {
    ...(sku !== undefined && { sku }),
    ...(price !== undefined && { price }),
    ...(compareAtPrice !== undefined && { compareAtPrice }),
    ...(stock !== undefined && { stock }),
    ...(inventoryPolicy !== undefined && { inventoryPolicy }),
  };
}
