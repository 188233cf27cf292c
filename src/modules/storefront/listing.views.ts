import { button } from '../../http/buttons.views.ts';
import { breadcrumbs, emptyState, pagination, productGrid } from '../../http/components.views.ts';
import { checkbox, type FieldError, field, select } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import type { Category, Product } from '../catalog/catalog.model.ts';
import {
  isFiltered,
  type ListingFilter,
  sortLabels,
  type TypedFilters,
} from './listing-query.model.ts';
import { productCard } from './product-card.views.ts';

interface ProductsPage {
  readonly products: readonly Product[];
  readonly firstHref: string | null;
  readonly nextHref: string | null;
}

interface ListingPage extends ProductsPage {
  readonly path: string;
  readonly title: string;
  readonly canonical: string;
  /** The slug of the category that this is the page of. */
  readonly category?: string;
  readonly typed: TypedFilters;
  readonly errors: readonly FieldError[];
  readonly filter: ListingFilter;
  readonly categories: readonly Category[];
}

/** A list of products with its filters. */
export function listingPage(chrome: Chrome, page: ListingPage): Html {
  return storefrontPage({
    title: page.title,
    description: `${page.title} at Mainstay: current prices and what is in stock now.`,
    canonical: page.canonical,
    current: page.path,
    chrome,
    content: html`${breadcrumbs([{ label: 'Shop', href: '/' }], page.title)}
    <div class="page-head"><h1>${page.title}</h1></div>
    ${filterForm(page)}
    ${page.products.length > 0 ? grid(page) : nothingListed(page)}`,
  });
}

function filterForm(page: ListingPage): Html {
  const { typed, errors, filter } = page;
  return html`<form class="filters" action="${page.path}" data-auto-submit>
    ${page.category === undefined && categorySelect(page)}
    ${field({ name: 'min', label: 'Price from', inputmode: 'decimal', width: 'short', value: typed.min, errors, maxlength: 12 })}
    ${field({ name: 'max', label: 'Price to', inputmode: 'decimal', width: 'short', value: typed.max, errors, maxlength: 12 })}
    ${select({
      name: 'sort',
      label: 'Sort by',
      value: filter.sort,
      options: Object.entries(sortLabels).map(([value, label]) => ({ value, label })),
    })}
    ${checkbox({ name: 'stock', label: 'In stock only', checked: filter.inStock === true })}
    <div class="actions">${button('Apply', { kind: 'secondary' })}${isFilteredHere(page) && html`<a href="${page.path}">Clear</a>`}</div>
  </form>`;
}

function categorySelect({ categories, filter }: ListingPage): Html {
  return select({
    name: 'category',
    label: 'Category',
    value: filter.category ?? '',
    options: [
      { value: '', label: 'All' },
      ...categories.map(({ slug, name }) => ({ value: slug, label: name })),
    ],
  });
}

/** Whether the shopper filtered; a category's own page is not a filter. */
function isFilteredHere({ filter, category }: ListingPage): boolean {
  return isFiltered(category === undefined ? filter : { ...filter, category: undefined });
}

function nothingListed(page: ListingPage): Html {
  return isFilteredHere(page)
    ? emptyState({
        title: 'Nothing fits these filters',
        text: 'Try a wider price range, or look at everything.',
        action: { label: 'Clear the filters', href: page.path },
        icon: 'search',
      })
    : emptyState({
        title: 'Nothing here yet',
        text: 'Please come back soon.',
        action: { label: 'Back to the front page', href: '/' },
        icon: 'cart',
      });
}

/** The results of a search, or what to do where there are none. */
export function searchPage(
  chrome: Chrome,
  { words, page }: { words: string; page: ProductsPage | null },
): Html {
  return storefrontPage({
    title: words === '' ? 'Search' : `Search: ${words}`,
    private: true,
    chrome,
    content: html`<div class="page-head">
      <h1>${words === '' ? 'Search' : `Results for “${words}”`}</h1>
      ${page && page.products.length > 0 && html`<p class="muted">${countOf(page)}</p>`}
    </div>
    ${results(words, page)}`,
  });
}

function results(words: string, page: ProductsPage | null): Html {
  if (page === null)
    return emptyState({
      title: 'What are you looking for?',
      text: 'Type a name, a material or a maker into the field at the top.',
      action: { label: 'See all products', href: '/products' },
      icon: 'search',
    });
  if (page.products.length > 0) return grid(page);
  return emptyState({
    title: `We have nothing for “${words}”`,
    text: 'Try fewer or more general words, or look through everything we sell.',
    action: { label: 'See all products', href: '/products' },
    icon: 'search',
  });
}

function countOf({ products, firstHref, nextHref }: ProductsPage): string {
  if (nextHref !== null) return 'The best matches first';
  if (firstHref !== null) return 'The last matches';
  return products.length === 1 ? '1 product' : `${products.length} products`;
}

function grid({ products, firstHref, nextHref }: ProductsPage): Html {
  return html`${productGrid(products.map(productCard))}${pagination({ firstHref, nextHref })}`;
}
