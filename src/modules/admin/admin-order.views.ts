import {
  breadcrumbs,
  dateTime,
  definitionList,
  emptyState,
  money,
  statusBadge,
  totals,
} from '../../http/components.views.ts';
import { linkTo, may } from '../../http/console.views.ts';
import { errorSummary, type FieldError } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Money } from '../../shared/money.ts';
import type { Address, Order, OrderItem } from '../orders/orders.model.ts';
import { transactionTable } from './admin-ledger.views.ts';
import { orderActions } from './admin-order-actions.views.ts';
import type { OrderCase } from './admin-orders.service.ts';
import { orderStatus } from './admin-orders.views.ts';
import { trailLink } from './admin-trail.views.ts';

/** What a refused act leaves to show. */
export interface RefundState {
  readonly typed?: { readonly amount: string; readonly reason: string };
  readonly refundErrors?: readonly FieldError[];
  readonly errors?: readonly FieldError[];
}

/**
 * One order: what was sold, what was paid, what happened, and what can be done now. Refunds and movements of money are
 * for those who may read them elsewhere.
 */
export function orderPage(chrome: Chrome, found: OrderCase, state: RefundState): Html {
  const { order } = found;
  return adminPage({
    title: `Order ${order.number}`,
    section: 'orders',
    chrome,
    actions: html`${trailLink(chrome, order.id)}${orderActions(chrome, found, state)}`,
    content: html`${breadcrumbs([{ label: 'Orders', href: '/admin/orders' }], String(order.number))}
    ${errorSummary(state.errors, 'That was not done')}
    <div class="admin-columns">
      <div>
        <section class="panel"><div class="panel__head"><h2>Items</h2>${orderStatus(order)}</div>
          ${lines(chrome, order.items)}${totals(sums(order))}</section>
        <section class="panel"><h2>Payments</h2>${payments(found)}</section>
        ${may(chrome, 'refunds:read') && found.refunds.length > 0 && html`<section class="panel"><h2>Refunds</h2>${refunds(found)}</section>`}
        ${
          may(chrome, 'audit:read') &&
          found.movements.length > 0 &&
          html`<section class="panel"><h2>Ledger</h2>${transactionTable(chrome, found.movements, { order: false })}</section>`
        }
      </div>
      <div>
        <section class="panel"><h2>Customer</h2>${customer(order)}</section>
        <section class="panel"><div class="panel__head"><h2>Timeline</h2><a href="/admin/story?q=${order.number}">Whole story</a></div>${timeline(found)}</section>
      </div>
    </div>`,
  });
}

function lines(chrome: Chrome, items: readonly OrderItem[]): Html {
  return dataTable({
    caption: 'Items',
    captionHidden: true,
    rows: items,
    columns: [
      {
        label: 'Item',
        rowHeader: true,
        cell: ({ title, sku, variantId }) =>
          html`${linkTo(chrome, `/admin/stock/${variantId}`, title)}${sku && html` <span class="muted">${sku}</span>`}`,
      },
      { label: 'Price', align: 'end', cell: ({ unitPrice }) => money(unitPrice) },
      { label: 'Units', align: 'end', cell: ({ quantity }) => quantity },
      { label: 'Total', align: 'end', cell: ({ total }) => money(total) },
    ],
  });
}

function sums(order: Order): (readonly [string, Money])[] {
  const { subtotal, discountTotal, shippingTotal, taxTotal, total, refundedTotal } = order;
  const extras: (readonly [string, Money])[] = [
    ['Discount', { ...discountTotal, amount: -discountTotal.amount }],
    ['Shipping', shippingTotal],
    ['Tax', taxTotal],
  ];
  const sold = [
    ['Subtotal', subtotal] as const,
    ...extras.filter(([, { amount }]) => amount !== 0),
  ];
  if (refundedTotal.amount === 0) return [...sold, ['Total', total]];
  return [
    ...sold,
    ['Total', total],
    ['Refunded', { ...refundedTotal, amount: -refundedTotal.amount }],
    ['Left after refunds', { ...total, amount: total.amount - refundedTotal.amount }],
  ];
}

function payments({ payments: rows }: OrderCase): Html {
  return dataTable({
    caption: 'Payments',
    captionHidden: true,
    rows,
    empty: emptyState({ title: 'Nothing was paid yet' }),
    columns: [
      {
        label: 'Payment',
        rowHeader: true,
        cell: ({ provider, providerPaymentId, createdAt }) =>
          html`${provider === 'stripe' ? 'Stripe' : 'By hand'}<span class="cell__note">${dateTime(createdAt)}</span>
            ${providerPaymentId && html`<code>${providerPaymentId}</code>`}`,
      },
      { label: 'Status', cell: ({ status }) => statusBadge(status) },
      { label: 'Amount', align: 'end', cell: ({ amount }) => money(amount) },
      { label: 'Given back', align: 'end', cell: ({ refundedAmount }) => money(refundedAmount) },
    ],
  });
}

function refunds({ refunds: rows }: OrderCase): Html {
  return dataTable({
    caption: 'Refunds',
    captionHidden: true,
    rows,
    columns: [
      { label: 'Refund', rowHeader: true, cell: ({ amount }) => money(amount) },
      { label: 'Status', cell: ({ status }) => statusBadge(status) },
      { label: 'Reason', cell: ({ reason }) => reason || '—' },
      { label: 'When', cell: ({ createdAt }) => dateTime(createdAt) },
    ],
  });
}

function customer(order: Order): Html {
  return definitionList([
    [
      'E-mail',
      html`<a href="/admin/orders?q=${encodeURIComponent(order.email)}">${order.email}</a>`,
    ],
    ['Ships to', order.shippingAddress ? address(order.shippingAddress) : 'No address given'],
    ['Placed', dateTime(order.createdAt)],
    ...(order.reservedUntil ? [['Stock held until', dateTime(order.reservedUntil)] as const] : []),
    ['Id', html`<code>${order.id}</code>`],
  ]);
}

function address(to: Address): Html {
  const parts = [
    to.name,
    to.line1,
    to.line2,
    `${to.postalCode} ${to.city}`,
    to.region,
    to.country,
    to.phone,
  ];
  return html`${parts.filter(Boolean).map((part) => html`<span class="address__line">${part}</span>`)}`;
}

function timeline({ events }: OrderCase): Html {
  return html`<ol class="timeline">${events.map(
    ({ type, occurredAt, correlationId }) => html`<li>
      <p class="timeline__what">${words(type)}</p>
      <p class="timeline__when">${dateTime(occurredAt)}</p>
      ${correlationId && html`<p class="timeline__id"><span class="visually-hidden">Correlation id </span><a href="/admin/story?q=${encodeURIComponent(correlationId)}"><code>${correlationId}</code></a></p>`}
    </li>`,
  )}</ol>`;
}

/** `order.stock_released` → `Order stock released`. */
function words(type: string): string {
  const text = type.replace(/[._]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
