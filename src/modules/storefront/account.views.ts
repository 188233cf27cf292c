import { linkButton } from '../../http/buttons.views.ts';
import {
  date,
  definitionList,
  emptyState,
  money,
  pagination,
  statusBadge,
} from '../../http/components.views.ts';
import { csrfField } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import type { Principal } from '../../http/principal.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { Order } from '../orders/orders.model.ts';
import { shownStatus } from './order-progress.model.ts';

interface AccountPage {
  readonly customer: Principal;
  readonly orders: Page<Order>;
  /** Whether this is the first page of the orders. */
  readonly isFirst: boolean;
}

/** Who the customer is to the shop, and what they ordered. */
export function accountPage(chrome: Chrome, { customer, orders, isFirst }: AccountPage): Html {
  const { nextCursor } = orders;
  return storefrontPage({
    title: 'Your account',
    private: true,
    chrome,
    content: html`<div class="page-head"><h1>Your account</h1></div>
    <div class="split">
      <section class="form" aria-labelledby="orders"><h2 id="orders">Orders</h2>
        ${orderTable(orders.data)}
        ${pagination({
          firstHref: isFirst ? null : '/account',
          nextHref: nextCursor && `/account?cursor=${encodeURIComponent(nextCursor)}`,
        })}
      </section>
      <section class="split__aside panel" aria-labelledby="profile"><h2 id="profile">Profile</h2>
        ${definitionList([
          ['Name', customer.name],
          ['E-mail', customer.email],
        ])}
        <div class="actions">
          ${linkButton('Signing in and security', '/account/security', { kind: 'secondary', size: 'small' })}
          ${linkButton('Your data', '/account/data', { kind: 'secondary', size: 'small' })}
          <form method="post" action="/sign-out">${csrfField(chrome.csrfToken)}<button class="button button--quiet button--small" type="submit">Sign out</button></form>
        </div>
      </section>
    </div>`,
  });
}

function orderTable(orders: readonly Order[]): Html {
  return dataTable({
    caption: 'Your orders, newest first',
    captionHidden: true,
    rows: orders,
    columns: [
      {
        label: 'Order',
        rowHeader: true,
        cell: ({ id, number }) => html`<a href="/orders/${id}">${number}</a>`,
      },
      { label: 'Placed', cell: ({ createdAt }) => date(createdAt) },
      { label: 'Status', cell: (order) => statusBadge(shownStatus(order)) },
      { label: 'Total', align: 'end', cell: ({ total }) => money(total) },
    ],
    empty: emptyState({
      title: 'No orders yet',
      text: 'What you order appears here.',
      action: { label: 'Look at all products', href: '/products' },
      icon: 'cart',
    }),
  });
}
