import { demoProducts } from '../../src/dev/demo/catalogue.ts';
import { button, confirmAction, linkButton } from '../../src/http/buttons.views.ts';
import { barChart, lineChart, statTiles } from '../../src/http/charts.views.ts';
import {
  breadcrumbs,
  dateTime,
  definitionList,
  emptyState,
  money,
  pagination,
  price,
  productGrid,
  statusBadge,
  stockNote,
  totals,
} from '../../src/http/components.views.ts';
import {
  checkbox,
  choiceGroup,
  errorSummary,
  field,
  quantityField,
  select,
  textarea,
} from '../../src/http/forms.views.ts';
import { type Html, html } from '../../src/http/html.ts';
import { adminPage, type Chrome, errorPage, storefrontPage } from '../../src/http/layout.views.ts';
import { dataTable } from '../../src/http/tables.views.ts';
import { permissions } from '../../src/shared/permissions.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const errors = [{ path: 'email', message: 'Enter an email address' }];
const statuses = ['pending', 'paid', 'fulfilled', 'delivered', 'cancelled', 'expired', 'refunded'];
const chrome: Chrome = {
  user: { name: 'Ada', email: 'ada@example.com', role: 'admin', permissions: new Set(permissions) },
  cartCount: 2,
  csrfToken: 'token',
  flash: { kind: 'success', text: 'Saved.' },
  categories: [{ label: 'Kitchen', href: '/categories/kitchen' }],
};

const cards = demoProducts.slice(0, 6).map((product, index) => ({
  href: `/products/${product.handle}`,
  title: product.title,
  image: { url: product.image, alt: product.imageAlt },
  price: usd(1900),
  compareAtPrice: index % 2 ? usd(2500) : null,
  priceFrom: index % 3 === 0,
  soldOut: index === 2,
  note: '3 colours',
}));

const form = html`<form class="form" method="post" action="/sent" data-submit-once>
  ${errorSummary(errors)}
  ${field({ name: 'email', label: 'Email', type: 'email', value: 'ada@', hint: 'For the receipt', errors, required: true })}
  ${select({ name: 'country', label: 'Country', options: [{ value: 'GB', label: 'United Kingdom' }] })}
  ${textarea({ name: 'note', label: 'Note' })}
  ${checkbox({ name: 'terms', label: 'I agree' })}
  ${choiceGroup({
    name: 'size',
    legend: 'Size',
    value: 's',
    choices: [
      { value: 's', label: 'S' },
      { value: 'm', label: 'M', note: 'sold out', disabled: true },
    ],
  })}
  ${quantityField({ max: 2 })}
  ${button('Send')}${button('Never', { disabled: true, kind: 'secondary' })}
</form>`;

const confirmation = confirmAction({
  label: 'Cancel order',
  question: 'Cancel order 1042?',
  detail: 'Its stock goes back on the shelf.',
  confirmLabel: 'Cancel it',
  action: '/cancelled',
  csrfToken: 'token',
});

const points = ['Mon', 'Tue', 'Wed'].map((label, index) => ({
  label,
  value: index * 10,
  text: `$${index * 10}`,
}));

/** One page of each layout that together show every component, by path. */
export const gallery: Readonly<Record<string, Html>> = {
  '/store': storefrontPage({
    title: 'Gallery',
    chrome,
    current: '/categories/kitchen',
    content: html`${breadcrumbs([{ label: 'Shop', href: '/' }], 'Gallery')}<h1>Gallery</h1>
      ${productGrid(cards)}${price({ price: usd(1), size: 'large' })}
      ${[9, 2, 0].map((available) => stockNote({ available, inventoryPolicy: 'deny' }))}
      ${totals([['Total', usd(100)]])}${pagination({ firstHref: '/', nextHref: '/?cursor=a' })}
      ${form}${confirmation}`,
  }),
  '/admin': adminPage({
    title: 'Gallery',
    chrome,
    section: 'orders',
    actions: linkButton('Export', '/export', { kind: 'secondary' }),
    content: html`${statTiles([{ label: 'Orders', value: '23', note: 'today', href: '/admin/orders' }])}
      <div class="cards"><div class="panel">${barChart({ title: 'Revenue', measure: 'Revenue', points })}</div>
      <div class="panel">${lineChart({ title: 'Orders', measure: 'Orders', points })}</div></div>
      ${dataTable({
        caption: 'Orders',
        columns: [
          { label: 'Number', cell: (row) => row.number, rowHeader: true, sortBy: 'number' },
          { label: 'Placed', cell: () => dateTime('2026-11-24T07:00:00Z') },
          { label: 'Status', cell: (row) => statusBadge(row.status) },
          { label: 'Total', cell: () => money(usd(123456)), align: 'end' },
        ],
        rows: statuses.map((status, index) => ({ status, number: `#${index + 1}` })),
        sorting: { by: 'number', direction: 'descending', href: (by, to) => `?sort=${by}-${to}` },
      })}
      ${definitionList([['Email', 'ada@example.com']])}
      ${emptyState({ title: 'No refunds yet', text: 'They appear here.', icon: 'info' })}`,
  }),
  '/error': errorPage({ status: 404, title: 'Not here', correlationId: 'abc' }),
};
