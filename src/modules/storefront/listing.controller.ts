import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { notFound } from '../../shared/errors.ts';
import { allCategories, frontPage, listing, search, sellingCurrency } from './browsing.service.ts';
import { homePage } from './home.views.ts';
import { listingPage, searchPage } from './listing.views.ts';
import { addressOf, readFilters, type TypedFilters } from './listing-query.model.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

type Listing = TypedFilters & { readonly cursor?: string | undefined };

const PAGE = 24;

/** What a shopper browses. */
export function listingController({ shared, chromeOf, publicUrl, flags }: StorefrontDeps) {
  return {
    async showHome(request: Request, reply: Reply) {
      const [chrome, shown] = await Promise.all([
        chromeOf(request, reply),
        shared.of(request, frontPage),
      ]);
      return sendPage(reply, homePage(chrome, { canonical: `${publicUrl}/`, ...shown }));
    },

    async showAll(request: Request, reply: Reply, query: Listing) {
      return showListing(request, reply, query, { path: '/products', title: 'All products' });
    },

    async showCategory(request: Request, reply: Reply, slug: string, query: Listing) {
      const category = (await shared.of(request, allCategories)).find((one) => one.slug === slug);
      if (!category) throw notFound('The category');
      const place = { path: `/categories/${slug}`, title: category.name, category: slug };
      return showListing(request, reply, query, place);
    },

    async search(request: Request, reply: Reply, query: { q?: string; cursor?: string }) {
      const words = query.q?.trim() ?? '';
      const chrome = { ...(await chromeOf(request, reply)), query: query.q };
      if (words === '') return sendPage(reply, searchPage(chrome, { words, page: null }));
      const forgiving = await flags.ofShop('forgiving-search');
      const asked = { limit: PAGE, cursor: query.cursor, forgiving };
      const { data, nextCursor } = await shared.of(request, search, words, asked);
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
    const read = readFilters(
      place.category ? { ...typed, category: place.category } : typed,
      await shared.of(request, sellingCurrency),
    );
    const [chrome, page, categories] = await Promise.all([
      chromeOf(request, reply),
      shared.of(request, listing, read.filter, { limit: PAGE, cursor }),
      shared.of(request, allCategories),
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
