import { button, linkButton } from '../../http/buttons.views.ts';
import { statTiles } from '../../http/charts.views.ts';
import { flashMessage } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { errorSummary, type FieldError, field } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { ImportReport } from '../catalog/import.model.ts';

type Note = ImportReport['errors'][number];

/** The upload form; below it, what the last file brought. */
export function importPage(
  chrome: Chrome,
  done: { name: string; report: ImportReport } | null,
  errors: readonly FieldError[],
): Html {
  return adminPage({
    title: 'Import',
    section: 'import',
    chrome,
    actions: linkButton('Download all products', '/admin/export.csv', { kind: 'secondary' }),
    content: html`${done && reportOf(done.name, done.report)}
    <section class="panel"><h2>Upload products</h2>
      ${errorSummary(errors, 'Nothing was imported')}
      ${may(chrome, 'stock:write') ? uploadForm(chrome, errors) : html`<p>A file brings units on hand too: importing one needs a role that may change the stock as well as the catalogue.</p>`}
      </section>`,
  });
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
  const { products, variants, images, rows, errorCount, warningCount } = report;
  return html`${
    errorCount > 0
      ? flashMessage({
          kind: 'error',
          text: `${name}: ${plural(products.refused, 'product')} left out, for the reasons below.`,
        })
      : flashMessage({ kind: 'success', text: `${name}: everything was taken.` })
  }
  ${statTiles([
    {
      label: 'Rows read',
      value: rows.toLocaleString('en-US'),
      note: `${plural(variants, 'variant')}, ${plural(images, 'picture')}`,
    },
    { label: 'New products', value: products.created.toLocaleString('en-US') },
    { label: 'Changed', value: products.updated.toLocaleString('en-US') },
    { label: 'As they were', value: products.unchanged.toLocaleString('en-US') },
    { label: 'Left out', value: products.refused.toLocaleString('en-US') },
  ])}
  ${errorCount > 0 && notes('Left out', report.errors, errorCount)}
  ${warningCount > 0 && notes('Taken, but not as written', report.warnings, warningCount)}`;
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
