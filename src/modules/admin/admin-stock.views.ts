import { button } from '../../http/buttons.views.ts';
import { statTiles } from '../../http/charts.views.ts';
import {
  badge,
  breadcrumbs,
  dateTime,
  definitionList,
  emptyState,
} from '../../http/components.views.ts';
import { linkTo, may } from '../../http/console.views.ts';
import { csrfField, errorSummary, type FieldError, field, select } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { StockItem, StockMovement } from '../inventory/inventory-admin.service.ts';
import { filterBar, pageLinks } from './admin-list.views.ts';
import { LOW_STOCK } from './dashboard.service.ts';
import { variantName } from './variant-name.ts';

/** Every variant with its counts. */
export function stockPage(
  chrome: Chrome,
  stock: Page<StockItem>,
  filter: { q?: string | undefined; low?: string | undefined; cursor?: string | undefined },
): Html {
  const { q, low, cursor } = filter;
  return adminPage({
    title: 'Stock',
    section: 'stock',
    chrome,
    content: html`${filterBar({
      action: '/admin/stock',
      filtered: Boolean(q || low),
      fields: [
        field({
          name: 'q',
          label: 'Part of a title or SKU',
          type: 'search',
          value: q,
          maxlength: 100,
        }),
        select({
          name: 'low',
          label: 'Show',
          value: low,
          options: [
            { value: '', label: 'All' },
            { value: 'on', label: `At most ${LOW_STOCK} available` },
          ],
        }),
      ],
    })}
    ${dataTable({
      caption: 'Stock',
      captionHidden: true,
      rows: stock.data,
      empty: emptyState({ title: 'No variant matches' }),
      columns: [
        {
          label: 'Variant',
          rowHeader: true,
          cell: (item) =>
            html`<a href="/admin/stock/${item.variantId}">${variantName(item.productTitle, item.title)}</a>`,
        },
        { label: 'SKU', cell: ({ sku }) => sku && html`<code class="nowrap">${sku}</code>` },
        { label: 'On hand', align: 'end', cell: ({ onHand }) => onHand },
        { label: 'Reserved', align: 'end', cell: ({ reserved }) => reserved },
        { label: 'Available', align: 'end', cell: available },
        { label: 'When it runs out', cell: whenOut },
      ],
    })}
    ${pageLinks('/admin/stock', { cursor, nextCursor: stock.nextCursor }, { q, low })}`,
  });
}

function available({ available, inventoryPolicy }: StockItem): Html | number {
  if (available > LOW_STOCK || inventoryPolicy === 'continue') return available;
  return badge(String(available), available === 0 ? 'bad' : 'warn');
}

function whenOut({ inventoryPolicy }: StockItem): string {
  return inventoryPolicy === 'continue' ? 'Sells on' : 'Stops selling';
}

/** One variant's counts, the form that adjusts them, and its ledger. */
export function stockItemPage(
  chrome: Chrome,
  found: { item: StockItem; movements: Page<StockMovement>; cursor: string | undefined },
  form: { values: { delta: string; reason: string }; errors: readonly FieldError[] },
): Html {
  const { item, movements, cursor } = found;
  const path = `/admin/stock/${item.variantId}`;
  const name = variantName(item.productTitle, item.title);
  return adminPage({
    title: name,
    section: 'stock',
    chrome,
    content: html`${breadcrumbs([{ label: 'Stock', href: '/admin/stock' }], name)}
    ${statTiles([
      { label: 'On hand', value: String(item.onHand), note: 'in the house' },
      { label: 'Reserved', value: String(item.reserved), note: 'held for open orders' },
      { label: 'Available', value: String(item.available), note: 'can be sold now' },
    ])}
    <div class="admin-columns">
      <div><section class="panel"><h2>Movements</h2>${ledger(chrome, movements.data)}
        ${pageLinks(path, { cursor, nextCursor: movements.nextCursor })}</section></div>
      <div>${may(chrome, 'stock:write') && html`<section class="panel"><h2>Adjust</h2>${adjustForm(chrome, path, form)}</section>`}
        <section class="panel"><h2>Variant</h2>${facts(chrome, item)}</section></div>
    </div>`,
  });
}

function facts(chrome: Chrome, item: StockItem): Html {
  return definitionList([
    ['Product', linkTo(chrome, `/admin/products/${item.productId}`, item.productTitle)],
    ['SKU', item.sku ? html`<code>${item.sku}</code>` : '—'],
    ['When it runs out', whenOut(item)],
  ]);
}

function adjustForm(
  chrome: Chrome,
  path: string,
  { values, errors }: { values: { delta: string; reason: string }; errors: readonly FieldError[] },
): Html {
  return html`${errorSummary(errors, 'Nothing was adjusted')}
  <form class="form" method="post" action="${path}" data-submit-once>
    ${csrfField(chrome.csrfToken)}
    ${field({
      name: 'delta',
      label: 'Units to add or take',
      hint: 'A minus takes them: -3.',
      value: values.delta,
      errors,
      required: true,
      width: 'short',
      autocomplete: 'off',
      maxlength: 12,
    })}
    ${field({ name: 'reason', label: 'Reason', hint: 'Counted, damaged, delivered…', value: values.reason, errors, required: true, maxlength: 200 })}
    ${button('Adjust the stock')}
  </form>`;
}

function ledger(chrome: Chrome, rows: readonly StockMovement[]): Html {
  return dataTable({
    caption: 'Movements',
    captionHidden: true,
    rows,
    empty: emptyState({ title: 'Nothing has moved yet' }),
    columns: [
      {
        label: 'What',
        rowHeader: true,
        cell: ({ kind }) => kind.charAt(0).toUpperCase() + kind.slice(1),
      },
      { label: 'On hand', align: 'end', cell: ({ onHandDelta }) => signed(onHandDelta) },
      { label: 'Reserved', align: 'end', cell: ({ reservedDelta }) => signed(reservedDelta) },
      {
        label: 'Why',
        cell: ({ orderId, reason }) =>
          orderId ? linkTo(chrome, `/admin/orders/${orderId}`, 'Order') : reason || '—',
      },
      { label: 'When', cell: ({ createdAt }) => dateTime(createdAt) },
    ],
  });
}

function signed(delta: number): string {
  if (delta === 0) return '—';
  return delta > 0 ? `+${delta}` : `−${-delta}`;
}
