import { button } from '../../http/buttons.views.ts';
import { dateTime, emptyState, money } from '../../http/components.views.ts';
import { linkTo } from '../../http/console.views.ts';
import { field, select } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import {
  type Account,
  accountNames,
  accounts,
  type Balance,
  type LedgerTransaction,
  type MovementKind,
} from '../ledger/ledger.model.ts';
import { filterBar, href, pageLinks } from './admin-list.views.ts';

interface LedgerQuery {
  readonly q?: string | undefined;
  readonly account?: Account | '' | undefined;
  readonly cursor?: string | undefined;
}

interface Found {
  readonly balances: readonly Balance[];
  readonly transactions: Page<LedgerTransaction>;
  /** What the export form begins with: the days of this month. */
  readonly period: { readonly from: string; readonly to: string };
}

const kinds: Readonly<Record<MovementKind, string>> = {
  capture: 'Money came in',
  refund_requested: 'Refund set aside',
  refund_succeeded: 'Refund went out',
  refund_failed: 'Refund failed, put back',
};

/** Balances above, the movements that made them below, newest first. */
export function ledgerPage(
  chrome: Chrome,
  { balances, transactions, period }: Found,
  { q, account, cursor }: LedgerQuery,
): Html {
  return adminPage({
    title: 'Ledger',
    section: 'ledger',
    chrome,
    content: html`<section class="panel"><h2>Balances</h2>${balanceTable(balances)}</section>
    <section class="panel"><h2>Transactions</h2>
    ${filterBar({
      action: '/admin/ledger',
      filtered: Boolean(q || account),
      fields: [
        field({
          name: 'q',
          label: 'Order number',
          type: 'search',
          value: q,
          inputmode: 'numeric',
          maxlength: 20,
        }),
        select({
          name: 'account',
          label: 'Account',
          options: [
            { value: '', label: 'Any' },
            ...accountNames.map((value) => ({ value, label: accounts[value].label })),
          ],
          value: account,
        }),
      ],
    })}
    ${
      transactions.data.length > 0
        ? transactionTable(chrome, transactions.data)
        : emptyState({ title: q || account ? 'No transaction matches' : 'No money has moved yet' })
    }
    ${pageLinks('/admin/ledger', { cursor, nextCursor: transactions.nextCursor }, { q, account })}</section>
    <section class="panel"><h2>Export</h2>
      <form class="toolbar" action="/admin/ledger.csv">
        ${field({ name: 'from', label: 'From', type: 'date', value: period.from, required: true })}
        ${field({ name: 'to', label: 'To, inclusive', type: 'date', value: period.to, required: true })}
        ${button('Download CSV', { kind: 'secondary' })}
      </form>
      <p class="muted">Days begin and end at midnight UTC.</p></section>`,
  });
}

/** Movements as rows; `order: false` where all are of one order. */
export function transactionTable(
  chrome: Chrome,
  rows: readonly LedgerTransaction[],
  { order = true } = {},
): Html {
  return dataTable({
    caption: 'Transactions',
    captionHidden: true,
    rows,
    columns: [
      {
        label: 'What',
        rowHeader: true,
        cell: ({ kind, createdAt }) =>
          html`${kinds[kind]}<span class="cell__note">${dateTime(createdAt)}</span>`,
      },
      ...(order
        ? [
            {
              label: 'Order',
              cell: ({ orderId, orderNumber }: LedgerTransaction) =>
                linkTo(chrome, `/admin/orders/${orderId}`, orderNumber),
            },
          ]
        : []),
      { label: 'Debit', cell: ({ debitAccount }) => accounts[debitAccount].label },
      { label: 'Credit', cell: ({ creditAccount }) => accounts[creditAccount].label },
      { label: 'Amount', align: 'end', cell: ({ amount }) => money(amount) },
    ],
  });
}

function balanceTable(balances: readonly Balance[]): Html {
  return dataTable({
    caption: 'Balances',
    captionHidden: true,
    rows: balances,
    empty: emptyState({ title: 'No money has moved yet' }),
    columns: [
      {
        label: 'Account',
        rowHeader: true,
        cell: ({ account }) =>
          html`<a href="${href('/admin/ledger', { account })}">${accounts[account].label}</a>
            <span class="cell__note">${accounts[account].meaning}</span>`,
      },
      {
        label: 'Balance',
        align: 'end',
        cell: ({ balance, currency }) =>
          html`<strong>${money({ amount: balance, currency })}</strong>`,
      },
      {
        label: 'Debits',
        align: 'end',
        cell: ({ debits, currency }) => money({ amount: debits, currency }),
      },
      {
        label: 'Credits',
        align: 'end',
        cell: ({ credits, currency }) => money({ amount: credits, currency }),
      },
    ],
  });
}
