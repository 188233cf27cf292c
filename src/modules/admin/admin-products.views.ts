import { linkButton } from '../../http/buttons.views.ts';
import { emptyState, money, productImage, statusBadge } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { field, select } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable, type Sorting } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { Product } from '../catalog/catalog.model.ts';
import { filterBar, href, pageLinks } from './admin-list.views.ts';
import type { ProductListing } from './products.service.ts';

const path = '/admin/products';

/** All products, sorted and filtered by URL. */
export function productsPage(
  chrome: Chrome,
  products: Page<Product>,
  listing: ProductListing & { cursor?: string | undefined },
): Html {
  const { cursor, ...filter } = listing;
  const writes = may(chrome, 'catalog:write');
  return adminPage({
    title: 'Products',
    section: 'products',
    chrome,
    actions: html`${linkButton('Download CSV', '/admin/export.csv', { kind: 'secondary' })}${writes && linkButton('New product', `${path}/new`)}`,
    content: html`${filters(filter)}
    ${dataTable({
      caption: 'Products',
      captionHidden: true,
      rows: products.data,
      ...(filter.q ? {} : { sorting: sorting(filter) }),
      empty: emptyState({
        title: 'No product matches',
        ...(writes && { action: { label: 'New product', href: `${path}/new` } }),
      }),
      columns: [
        {
          label: 'Picture',
          labelHidden: true,
          cell: ({ images }) =>
            productImage(images[0] && { url: images[0].url, alt: '' }, { size: 'thumb' }),
        },
        {
          label: 'Title',
          rowHeader: true,
          sortBy: 'title',
          cell: ({ id, title }) => html`<a href="${path}/${id}">${title}</a>`,
        },
        { label: 'Status', cell: ({ status }) => statusBadge(status) },
        { label: 'Price', align: 'end', sortBy: 'price', cell: price },
        { label: 'Available', align: 'end', cell: available },
        { label: 'Variants', align: 'end', cell: ({ variants }) => variants.length },
        { label: 'Vendor', cell: ({ vendor }) => vendor },
      ],
    })}
    ${pageLinks(path, { cursor, nextCursor: products.nextCursor }, filter)}`,
  });
}

function filters({ q, status, sort }: ProductListing): Html {
  return filterBar({
    action: path,
    filtered: Boolean(q || status || sort),
    fields: [
      field({ name: 'q', label: 'Search', type: 'search', value: q, maxlength: 200 }),
      select({
        name: 'status',
        label: 'Status',
        value: status,
        options: [
          { value: '', label: 'Any' },
          { value: 'active', label: 'Active' },
          { value: 'draft', label: 'Draft' },
          { value: 'archived', label: 'Archived' },
        ],
      }),
      !q &&
        select({
          name: 'sort',
          label: 'Order',
          value: sort,
          options: [
            { value: '', label: 'Newest first' },
            { value: 'oldest', label: 'Oldest first' },
            { value: 'title', label: 'By title' },
            { value: 'price', label: 'Cheapest first' },
            { value: '-price', label: 'Dearest first' },
          ],
        }),
    ],
  });
}

/** The table's headings sort as the filter does; titles go one way, and back to the newest first. */
function sorting({ q, status, sort }: ProductListing): Sorting {
  const descending = sort?.startsWith('-') ?? false;
  return {
    by: sort?.replace('-', '') ?? '',
    direction: descending ? 'descending' : 'ascending',
    href: (by, direction) => {
      if (direction === 'ascending') return href(path, { q, status, sort: by });
      return href(path, { q, status, sort: by === 'price' ? '-price' : undefined });
    },
  };
}

function price({ price: lowest, variants }: Product): Html {
  const varies = variants.some((variant) => variant.price.amount !== lowest.amount);
  return html`${varies && html`<span class="muted">from </span>`}${money(lowest)}`;
}

function available({ variants }: Product): number {
  return variants.reduce((sum, variant) => sum + variant.available, 0);
}
