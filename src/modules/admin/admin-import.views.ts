import { button, linkButton } from '../../http/buttons.views.ts';
import { statTiles } from '../../http/charts.views.ts';
import { badge, dateTime, emptyState, flashMessage } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { errorSummary, type FieldError, field } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Import, ImportEntry, ImportReport } from '../catalog/import.model.ts';

type Note = ImportReport['errors'][number];

/** A file that could not be taken at all. */
export interface RefusedUpload {
  readonly name: string;
  readonly report: ImportReport;
}

/** The upload form; above it why a file was refused, below it the latest imports. */
export function importPage(
  chrome: Chrome,
  {
    latest,
    refused,
    errors = [],
  }: {
    readonly latest: readonly ImportEntry[];
    readonly refused?: RefusedUpload;
    readonly errors?: readonly FieldError[];
  },
): Html {
  return adminPage({
    title: 'Import',
    section: 'import',
    chrome,
    actions: linkButton('Download all products', '/admin/export.csv', { kind: 'secondary' }),
    content: html`${refused && reportOf(refused.name, refused.report)}
    <section class="panel"><h2>Upload products</h2>
      ${errorSummary(errors, 'Nothing was imported')}
      ${may(chrome, 'stock:write') ? uploadForm(chrome, errors) : html`<p>A file brings units on hand too: importing one needs a role that may change the stock as well as the catalogue.</p>`}
      </section>
    <section class="panel"><h2>Latest imports</h2>${latestTable(latest)}</section>`,
  });
}

/** How far an import is, and then its report. */
export function importProgressPage(chrome: Chrome, found: Import): Html {
  const { state, report } = found;
  const name = nameOf(found);
  return adminPage({
    title: 'Import',
    section: 'import',
    chrome,
    actions: linkButton('All imports', '/admin/import', { kind: 'secondary' }),
    content:
      state === 'done'
        ? reportOf(name, report)
        : html`<section class="panel"><h2>${name}</h2>
      <p><label for="progress">${progressOf(found)}</label></p>
      <progress class="progress" id="progress" value="${found.done}" max="${found.total}"></progress>
      <p class="muted">${state === 'waiting' ? 'It begins when its turn comes. ' : ''}This page looks again by itself every few seconds, and may be closed: the import goes on.</p>
      </section>
      ${figures(report)}${allNotes(report)}`,
  });
}

function latestTable(latest: readonly ImportEntry[]): Html {
  return dataTable({
    caption: 'Latest imports',
    captionHidden: true,
    rows: latest,
    empty: emptyState({ title: 'There was none in the last 30 days' }),
    columns: [
      {
        label: 'File',
        rowHeader: true,
        cell: (entry) =>
          html`<a href="/admin/imports/${entry.id}">${nameOf(entry)}</a><span class="cell__note">${entry.state === 'done' ? plural(entry.total, 'product') : progressOf(entry)}, sent ${dateTime(entry.createdAt)}</span>`,
      },
      { label: 'State', cell: stateOf },
    ],
  });
}

function stateOf({ state, report }: ImportEntry): Html {
  const { refused } = report.products;
  if (state !== 'done') return badge('Under way', 'info');
  return refused > 0
    ? badge(`${refused.toLocaleString('en-US')} left out`, 'warn')
    : badge('Taken', 'good');
}

function progressOf({ done, total }: ImportEntry): string {
  return `${done.toLocaleString('en-US')} of ${plural(total, 'product')}`;
}

function nameOf({ fileName }: ImportEntry): string {
  return fileName || 'A file without a name';
}

function uploadForm(chrome: Chrome, errors: readonly FieldError[]): Html {
  return html`<form class="form" method="post" enctype="multipart/form-data" action="/admin/import?_csrf=${encodeURIComponent(chrome.csrfToken)}" data-submit-once>
        ${field({
          name: 'file',
          label: 'CSV file',
          type: 'file',
          accept: '.csv,text/csv',
          hint: 'Shopify’s product format, with its current or older column names; 50 MB at most.',
          errors,
          required: true,
        })}
        <p class="muted">Products are known by their handle: importing a file again changes only what differs. A product with a bad row is left out whole, and the report names the line.</p>
        ${button('Import')}
      </form>`;
}

function reportOf(name: string, report: ImportReport): Html {
  const { products, errorCount } = report;
  return html`${
    errorCount > 0
      ? flashMessage({
          kind: 'error',
          text:
            products.refused > 0
              ? `${name}: ${plural(products.refused, 'product')} left out, for the reasons below.`
              : `${name}: nothing was taken, for the reason below.`,
        })
      : flashMessage({
          kind: 'success',
          text: `${name}: ${report.rows > 0 ? 'everything was taken.' : 'there are no products in it.'}`,
        })
  }
  ${figures(report)}${allNotes(report)}`;
}

function figures({ rows, products, variants, images }: ImportReport): Html {
  return statTiles([
    {
      label: 'Rows read',
      value: rows.toLocaleString('en-US'),
      note: `${plural(variants, 'variant')}, ${plural(images, 'picture')}`,
    },
    { label: 'New products', value: products.created.toLocaleString('en-US') },
    { label: 'Changed', value: products.updated.toLocaleString('en-US') },
    { label: 'As they were', value: products.unchanged.toLocaleString('en-US') },
    { label: 'Left out', value: products.refused.toLocaleString('en-US') },
  ]);
}

function allNotes({ errors, errorCount, warnings, warningCount }: ImportReport): Html {
  return html`${errorCount > 0 && notes('Left out', errors, errorCount)}
  ${warningCount > 0 && notes('Taken, but not as written', warnings, warningCount)}`;
}

function notes(title: string, rows: readonly Note[], total: number): Html {
  return html`<section class="panel"><div class="panel__head"><h2>${title}</h2>
    <p class="muted">${rows.length < total ? `The first ${rows.length} of ${total}` : plural(total, 'row')}</p></div>
    ${dataTable({
      caption: title,
      captionHidden: true,
      rows,
      columns: [
        { label: 'Line', align: 'end', rowHeader: true, cell: ({ line }) => line },
        { label: 'Product', cell: ({ handle }) => handle },
        { label: 'Column', cell: ({ column }) => column },
        { label: 'Why', cell: ({ reason }) => reason },
      ],
    })}</section>`;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : `${noun}s`}`;
}
