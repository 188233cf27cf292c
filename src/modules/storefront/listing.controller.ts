import type { Db } from '../../database/database.ts';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { notFound } from '../../shared/errors.ts';
import { listCategories, listProducts, searchProducts } from '../catalog/catalog.service.ts';
import { homePage } from './home.views.ts';
import { listingPage, searchPage } from './listing.views.ts';
import { addressOf, readFilters, type TypedFilters } from './listing-query.model.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

type Listing = TypedFilters & { readonly cursor?: string | undefined };

const PAGE = 24;
const NEWEST = 8;
/** Categories with a picture on the front page. */
const SHOWN_CATEGORIES = 6;

/** What a shopper browses. */
export function listingController({ reads, chromeOf, publicUrl, flags }: StorefrontDeps) {
  return {
    async showHome(request: Request, reply: Reply) {
      const [chrome, shown] = await Promise.all([
        chromeOf(request, reply),
        reads.at(request.since, readHome),
      ]);
      return sendPage(reply, homePage(chrome, { canonical: `${publicUrl}/`, ...shown }));
    },

    async showAll(request: Request, reply: Reply, query: Listing) {
      return showListing(request, reply, query, { path: '/products', title: 'All products' });
    },

    async showCategory(request: Request, reply: Reply, slug: string, query: Listing) {
      const category = (await reads.at(request.since, listCategories)).find(
        (one) => one.slug === slug,
      );
      if (!category) throw notFound('The category');
      const place = { path: `/categories/${slug}`, title: category.name, category: slug };
      return showListing(request, reply, query, place);
    },

    async search(request: Request, reply: Reply, query: { q?: string; cursor?: string }) {
      const words = query.q?.trim() ?? '';
      const chrome = { ...(await chromeOf(request, reply)), query: query.q };
      if (words === '') return sendPage(reply, searchPage(chrome, { words, page: null }));
      const forgiving = await flags.ofShop('forgiving-search');
      const { data, nextCursor } = await reads.at(request.since, (from) =>
        searchProducts(from, words, { limit: PAGE, cursor: query.cursor, forgiving }),
      );
      const hrefs = pageHrefs('/search', { q: words }, query.cursor, nextCursor);
      return sendPage(reply, searchPage(chrome, { words, page: { products: data, ...hrefs } }));
    },
  };

  async function showListing(
    request: Request,
    reply: Reply,
    { cursor, ...typed }: Listing,
    place: { path: string; title: string; category?: string },
  ) {
    const read = readFilters(place.category ? { ...typed, category: place.category } : typed);
    const [chrome, page, categories] = await Promise.all([
      chromeOf(request, reply),
      reads.at(request.since, (from) => listProducts(from, read.filter, { limit: PAGE, cursor })),
      reads.at(request.since, listCategories),
    ]);
    const view = listingPage(chrome, {
      ...place,
      ...pageHrefs(place.path, { ...typed }, cursor, page.nextCursor),
      canonical: `${publicUrl}${place.path}`,
      typed,
      errors: read.errors,
      filter: read.filter,
      categories,
      products: page.data,
    });
    return sendPage(reply, view, read.errors.length > 0 ? 400 : 200);
  }
}

/** The newest products, and categories with the picture of one of their products each. */
async function readHome(db: Db) {
  const [newest, categories] = await Promise.all([
    listProducts(db, { status: 'active' }, { limit: NEWEST }),
    listCategories(db),
  ]);
  const shown = await Promise.all(
    categories.slice(0, SHOWN_CATEGORIES).map(async (category) => {
      const filter = { status: 'active', category: category.slug } as const;
      const { data } = await listProducts(db, filter, { limit: 1 });
      return { ...category, image: data[0]?.images[0] ?? null };
    }),
  );
  return { newest: newest.data, categories: shown };
}

/** Where a list goes on from, and back to, with its filters kept. */
function pageHrefs(
  path: string,
  filters: Readonly<Record<string, string | undefined>>,
  cursor: string | undefined,
  nextCursor: string | null,
) {
  return {
    firstHref: cursor === undefined ? null : addressOf(path, filters),
    nextHref: nextCursor === null ? null : addressOf(path, { ...filters, cursor: nextCursor }),
  };
}
