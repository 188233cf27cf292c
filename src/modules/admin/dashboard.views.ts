import { barChart, statTiles } from '../../http/charts.views.ts';
import { emptyState } from '../../http/components.views.ts';
import { mayOpen, sectionsFor } from '../../http/console.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import { formatMoney } from '../../shared/money.ts';
import { orderTable } from './admin-orders.views.ts';
import type { OpenWork } from './dashboard.repository.ts';
import { COUNT_LIMIT, type Dashboard, type Sales } from './dashboard.service.ts';
import { variantName } from './variant-name.ts';

const STOCK = '/admin/stock';

/** Sales as figures and plots, and beside them what waits for a person. */
export function dashboardPage(chrome: Chrome, shop: Dashboard): Html {
  return adminPage({
    title: 'Dashboard',
    section: 'dashboard',
    chrome,
    content: html`${statTiles([
      salesTile('Today', shop.today),
      salesTile('Last 7 days', shop.week),
      salesTile('Last 30 days', shop.month),
      ...workTiles(shop.openWork).filter(({ href }) => mayOpen(chrome, href)),
    ])}
    <div class="cards">${charts(shop).map((chart) => html`<section class="panel">${chart}</section>`)}</div>
    ${mayOpen(chrome, STOCK) ? html`<div class="admin-columns"><div>${latestOrders(shop)}</div><div>${lowStock(shop)}</div></div>` : latestOrders(shop)}`,
  });
}

function latestOrders({ latest }: Dashboard): Html {
  return html`<section class="panel"><div class="panel__head"><h2>Latest orders</h2><a href="/admin/orders">All orders</a></div>
    ${latest.length > 0 ? orderTable(latest, { units: false }) : emptyState({ title: 'No orders yet' })}</section>`;
}

/** The first page of those who may not see sales: where they may go. */
export function welcomePage(chrome: Chrome): Html {
  const sections = sectionsFor(chrome).filter(({ needs }) => needs !== null);
  return adminPage({
    title: 'Dashboard',
    section: 'dashboard',
    chrome,
    content: html`<section class="panel"><h2>What you work on</h2>
      ${
        sections.length > 0
          ? html`<div class="prose"><ul>${sections.map(({ href, label }) => html`<li><a href="${href}">${label}</a></li>`)}</ul></div>`
          : html`<p>Your role opens no page of the console yet. Ask the shop’s administrator.</p>`
      }</section>`,
  });
}

function salesTile(label: string, { orders, revenue }: Sales) {
  return {
    label,
    value: revenue.map((amount) => formatMoney(amount)).join(' + '),
    note: `${orders.toLocaleString('en-US')} ${orders === 1 ? 'order' : 'orders'} placed`,
  };
}

function workTiles({ unsent, parked, failing, tasks, errors }: OpenWork) {
  return [
    {
      label: 'To be sent',
      value: count(unsent),
      note: 'paid orders',
      href: '/admin/orders?status=paid',
    },
    {
      label: 'Tasks',
      value: count(tasks),
      note: `open, ${count(errors)} of them errors`,
      href: '/admin/tasks?state=open',
    },
    {
      label: 'Stripe events',
      value: count(parked + failing),
      note: `${count(parked)} parked, ${count(failing)} failing`,
      href: `/admin/webhooks?state=${parked > 0 || failing === 0 ? 'parked' : 'received'}`,
    },
  ];
}

function count(number: number): string {
  return number >= COUNT_LIMIT ? `${COUNT_LIMIT.toLocaleString('en-US')}+` : String(number);
}

function charts({ days, month }: Dashboard): Html[] {
  const revenue = month.revenue.map(({ currency }, index) =>
    barChart({
      title: month.revenue.length > 1 ? `Revenue in ${currency}` : 'Revenue by day',
      measure: 'Revenue',
      points: days.map((day) => {
        const amount = day.revenue[index] ?? { amount: 0, currency };
        return { label: dayName(day.day), value: amount.amount, text: formatMoney(amount) };
      }),
    }),
  );
  const orders = barChart({
    title: 'Orders placed by day',
    measure: 'Orders',
    points: days.map((day) => ({
      label: dayName(day.day),
      value: day.orders,
      text: `${day.orders} ${day.orders === 1 ? 'order' : 'orders'}`,
    })),
  });
  return [...revenue, orders];
}

function lowStock({ lowStock: rows }: Dashboard): Html {
  return html`<section class="panel"><div class="panel__head"><h2>Low stock</h2><a href="${STOCK}?low=on">All low stock</a></div>
    ${dataTable({
      caption: 'Low stock',
      captionHidden: true,
      rows,
      empty: emptyState({ title: 'Enough of everything' }),
      columns: [
        {
          label: 'Variant',
          rowHeader: true,
          cell: (row) =>
            html`<a href="${STOCK}/${row.variant_id}">${variantName(row.product_title, row.title)}</a>`,
        },
        { label: 'Available', align: 'end', cell: (row) => row.available },
      ],
    })}</section>`;
}

const dayFormat = new Intl.DateTimeFormat('en-US', {
  month: 'short',
  day: 'numeric',
  timeZone: 'UTC',
});

/** `2026-11-24` → `Nov 24`. */
function dayName(day: string): string {
  return dayFormat.format(new Date(`${day}T00:00:00Z`));
}
