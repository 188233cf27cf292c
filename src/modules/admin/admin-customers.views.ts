import { confirmAction } from '../../http/buttons.views.ts';
import { statTiles } from '../../http/charts.views.ts';
import {
  badge,
  breadcrumbs,
  date,
  emptyState,
  money,
  pagination,
} from '../../http/components.views.ts';
import { field } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import { formatMoney } from '../../shared/money.ts';
import type { Page } from '../../shared/pages.ts';
import type { Order } from '../orders/orders.model.ts';
import { filterBar, href } from './admin-list.views.ts';
import { orderTable } from './admin-orders.views.ts';
import { trailLink } from './admin-trail.views.ts';
import type { Customer } from './customers.service.ts';

/** Everybody with an account. */
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
        { label: 'Orders', align: 'end', cell: ({ orders }) => orders },
        {
          label: 'Spent',
          align: 'end',
          cell: ({ spent }) =>
            html`${spent.map((amount) => html`${money(amount)} `)}${spent.length === 0 && '—'}`,
        },
        { label: 'Since', cell: ({ createdAt }) => date(createdAt) },
      ],
    })}
    ${pagination({
      firstHref: cursor ? href('/admin/customers', { q }) : null,
      nextHref: customers.nextCursor
        ? href('/admin/customers', { q, cursor: customers.nextCursor })
        : null,
    })}`,
  });
}

/** One customer with their orders. */
export function customerPage(
  chrome: Chrome,
  found: {
    customer: Customer;
    orders: Page<Order>;
    cursor: string | undefined;
    /** Whether their sessions are the reader's to end. */
    maySignOut: boolean;
  },
): Html {
  const { customer, orders, cursor } = found;
  const path = `/admin/customers/${customer.id}`;
  return adminPage({
    title: customer.name || customer.email,
    section: 'customers',
    chrome,
    actions: html`${trailLink(chrome, customer.id)}${
      found.maySignOut &&
      confirmAction({
        label: 'Sign out everywhere',
        question: `Sign ${customer.email} out everywhere?`,
        detail:
          'They sign in again with their password. Do this when somebody else may be in their account.',
        confirmLabel: 'Yes, sign them out',
        action: `${path}/sign-out`,
        csrfToken: chrome.csrfToken,
      })
    }`,
    content: html`${breadcrumbs([{ label: 'Customers', href: '/admin/customers' }], customer.email)}
    ${statTiles([
      { label: 'Orders', value: customer.orders.toLocaleString('en-US') },
      {
        label: 'Spent',
        value: customer.spent.map((amount) => formatMoney(amount)).join(' + ') || '—',
      },
    ])}
    <section class="panel"><div class="panel__head"><h2>Orders</h2><p class="muted">Since ${date(customer.createdAt)}</p></div>
      ${orders.data.length > 0 ? orderTable(orders.data, { email: false }) : emptyState({ title: 'No orders yet' })}
      ${pagination({
        firstHref: cursor ? path : null,
        nextHref: orders.nextCursor ? href(path, { cursor: orders.nextCursor }) : null,
      })}</section>`,
  });
}
