import { dateTime, emptyState, money, statusBadge } from '../../http/components.views.ts';
import { field, select } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { Order } from '../orders/orders.model.ts';
import { filterBar, pageLinks } from './admin-list.views.ts';

interface OrdersFilter {
  readonly q?: string | undefined;
  readonly status?: string | undefined;
  readonly cursor?: string | undefined;
}

const statuses = [
  { value: '', label: 'Any' },
  { value: 'pending', label: 'Pending' },
  { value: 'paid', label: 'Paid' },
  { value: 'fulfilled', label: 'Fulfilled' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'expired', label: 'Expired' },
];

/** All orders, newest first, filtered by URL. */
export function ordersPage(chrome: Chrome, orders: Page<Order>, filter: OrdersFilter): Html {
  const { q, status, cursor } = filter;
  return adminPage({
    title: 'Orders',
    section: 'orders',
    chrome,
    content: html`${filterBar({
      action: '/admin/orders',
      filtered: Boolean(q || status),
      fields: [
        field({
          name: 'q',
          label: 'Order number or e-mail',
          type: 'search',
          value: q,
          maxlength: 254,
        }),
        select({ name: 'status', label: 'Status', options: statuses, value: status }),
      ],
    })}
    ${
      orders.data.length > 0
        ? orderTable(orders.data)
        : emptyState({
            title: 'No order matches',
            text: 'The search takes a whole order number or a whole e-mail address.',
          })
    }
    ${pageLinks('/admin/orders', { cursor, nextCursor: orders.nextCursor }, { q, status })}`,
  });
}

/** Orders as rows that lead to each. */
export function orderTable(
  orders: readonly Order[],
  options: { email?: false; units?: false } = {},
): Html {
  return dataTable({
    caption: 'Orders',
    captionHidden: true,
    rows: orders,
    columns: [
      {
        label: 'Order',
        rowHeader: true,
        cell: ({ id, number }) => html`<a href="/admin/orders/${id}">${number}</a>`,
      },
      { label: 'Status', cell: orderStatus },
      { label: 'Total', align: 'end', cell: ({ total }) => money(total) },
      ...(options.email === false ? [] : [{ label: 'Customer', cell: email }]),
      ...(options.units === false ? [] : [{ label: 'Units', align: 'end' as const, cell: units }]),
      { label: 'Placed', cell: ({ createdAt }) => dateTime(createdAt) },
    ],
  });
}

/** The order's status, and how much of its money went back. */
export function orderStatus({ status, refundedTotal, total }: Order): Html {
  const refunded = refundedTotal.amount >= total.amount ? 'refunded' : 'partially_refunded';
  return html`<span class="badges">${statusBadge(status)}${refundedTotal.amount > 0 && statusBadge(refunded)}</span>`;
}

function email({ email: address }: Order): Html {
  return html`<span class="nowrap">${address}</span>`;
}

function units({ items }: Order): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}
