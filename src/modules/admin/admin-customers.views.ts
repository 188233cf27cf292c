import { confirmAction, linkButton } from '../../http/buttons.views.ts';
import { statTiles } from '../../http/charts.views.ts';
import { badge, breadcrumbs, date, emptyState, money } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { field } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { type Column, dataTable } from '../../http/tables.views.ts';
import { isErased } from '../../shared/erased.ts';
import { formatMoney } from '../../shared/money.ts';
import type { Page } from '../../shared/pages.ts';
import type { Order } from '../orders/orders.model.ts';
import { filterBar, pageLinks } from './admin-list.views.ts';
import { orderTable } from './admin-orders.views.ts';
import { trailLink } from './admin-trail.views.ts';
import type { Customer } from './customers.service.ts';

const bought: readonly Column<Customer>[] = [
  { label: 'Orders', align: 'end', cell: ({ orders }) => orders },
  {
    label: 'Spent',
    align: 'end',
    cell: ({ spent }) =>
      html`${spent.map((amount) => html`${money(amount)} `)}${spent.length === 0 && '—'}`,
  },
];

/** Everybody with an account. Who may not read orders sees who it is, not what they bought. */
export function customersPage(
  chrome: Chrome,
  customers: Page<Customer>,
  { q, cursor }: { q?: string | undefined; cursor?: string | undefined },
): Html {
  return adminPage({
    title: 'Customers',
    section: 'customers',
    chrome,
    content: html`${filterBar({
      action: '/admin/customers',
      filtered: Boolean(q),
      fields: field({
        name: 'q',
        label: 'Part of an e-mail address',
        type: 'search',
        value: q,
        maxlength: 254,
      }),
    })}
    ${dataTable({
      caption: 'Customers',
      captionHidden: true,
      rows: customers.data,
      empty: emptyState({ title: q ? 'Nobody with such an address' : 'Nobody has signed up yet' }),
      columns: [
        {
          label: 'E-mail',
          rowHeader: true,
          cell: ({ id, email }) => html`<a href="/admin/customers/${id}">${email}</a>`,
        },
        {
          label: 'Name',
          cell: ({ name, role }) =>
            html`${name} ${role !== 'customer' && badge(role === 'admin' ? 'Admin' : 'Staff', 'info')}`,
        },
        ...(may(chrome, 'orders:read') ? bought : []),
        { label: 'Since', cell: ({ createdAt }) => date(createdAt) },
      ],
    })}
    ${pageLinks('/admin/customers', { cursor, nextCursor: customers.nextCursor }, { q })}`,
  });
}

/** One customer with their orders. */
export function customerPage(
  chrome: Chrome,
  found: {
    customer: Customer;
    /** null: not the reader's to see. */
    orders: Page<Order> | null;
    cursor: string | undefined;
    /** Whether the reader may sign them out, take their data out and erase them. */
    mayChange: boolean;
  },
): Html {
  const { customer, orders, cursor } = found;
  const path = `/admin/customers/${customer.id}`;
  return adminPage({
    title: isErased(customer.email) ? 'Erased customer' : customer.name || customer.email,
    section: 'customers',
    chrome,
    actions: html`${trailLink(chrome, customer.id)}${found.mayChange && customerActions(chrome, customer, path)}`,
    content: html`${breadcrumbs([{ label: 'Customers', href: '/admin/customers' }], customer.email)}
    ${orders ? ordersOf(found.customer, orders, { path, cursor }) : html`<p class="muted">Since ${date(customer.createdAt)}</p>`}`,
  });
}

function ordersOf(
  customer: Customer,
  orders: Page<Order>,
  { path, cursor }: { path: string; cursor: string | undefined },
): Html {
  return html`${statTiles([
    { label: 'Orders', value: customer.orders.toLocaleString('en-US') },
    {
      label: 'Spent',
      value: customer.spent.map((amount) => formatMoney(amount)).join(' + ') || '—',
    },
  ])}
  <section class="panel"><div class="panel__head"><h2>Orders</h2><p class="muted">Since ${date(customer.createdAt)}</p></div>
    ${orders.data.length > 0 ? orderTable(orders.data, { email: false }) : emptyState({ title: 'No orders yet' })}
    ${pageLinks(path, { cursor, nextCursor: orders.nextCursor })}</section>`;
}

/** What can be done for, and about, a customer. */
function customerActions({ csrfToken }: Chrome, { email }: Customer, path: string): Html {
  return html`${linkButton('Export data', `${path}/data.json`, { kind: 'secondary' })}${confirmAction(
    {
      label: 'Sign out everywhere',
      question: `Sign ${email} out everywhere?`,
      detail:
        'They sign in again with their password. Do this when somebody else may be in their account.',
      confirmLabel: 'Yes, sign them out',
      action: `${path}/sign-out`,
      csrfToken,
    },
  )}${confirmAction({
    label: 'Erase',
    question: `Erase ${email}?`,
    detail:
      'Their name, addresses and everything by which they sign in are removed; orders stay without them. It cannot be undone.',
    confirmLabel: 'Erase them for good',
    action: `${path}/erase`,
    csrfToken,
  })}`;
}
