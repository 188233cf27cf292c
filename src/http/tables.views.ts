import { attributes, type Html, type HtmlValue, html } from './html.ts';

export type Column<Row> = {
  label: string;
  cell: (row: Row) => HtmlValue;
  /** Numbers and money end-align. */
  align?: 'end';
  /** Exactly one column names its row. */
  rowHeader?: boolean;
  /** The value of the sort parameter, where the list can be sorted by this column. */
  sortBy?: string;
  /** The label is only for those who hear the table (actions, pictures). */
  labelHidden?: boolean;
};

export type Sorting = {
  by: string;
  direction: 'ascending' | 'descending';
  /** The URL of this list sorted so. */
  href: (by: string, direction: 'ascending' | 'descending') => string;
};

/** A table with a caption, headed rows and columns, sorted by following links. Scrolls sideways when narrow. */
export function dataTable<Row>(options: {
  caption: string;
  /** Set when a heading right above says the same. */
  captionHidden?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  sorting?: Sorting;
  /** Shown in place of the table when there are no rows. */
  empty?: Html;
}): Html {
  if (options.rows.length === 0 && options.empty) return options.empty;
  return html`<div class="table-scroll" role="region" aria-label="${options.caption}" tabindex="0"><table class="table">
    <caption${attributes({ class: options.captionHidden ? 'visually-hidden' : undefined })}>${options.caption}</caption>
    <thead><tr>${options.columns.map((column) => headerCell(column, options.sorting))}</tr></thead>
    <tbody>${options.rows.map((row) => html`<tr>${options.columns.map((column) => bodyCell(column, row))}</tr>`)}</tbody>
  </table></div>`;
}

function headerCell<Row>(column: Column<Row>, sorting: Sorting | undefined): Html {
  const { label, sortBy, align } = column;
  const className = align && `align-${align}`;
  if (!sorting || !sortBy) {
    const text = column.labelHidden ? html`<span class="visually-hidden">${label}</span>` : label;
    return html`<th scope="col"${attributes({ class: className })}>${text}</th>`;
  }
  const sorted = sorting.by === sortBy ? sorting.direction : undefined;
  const next = sorted === 'ascending' ? 'descending' : 'ascending';
  return html`<th scope="col"${attributes({ class: className, 'aria-sort': sorted })}><a class="table__sort" href="${sorting.href(sortBy, next)}">${label}</a></th>`;
}

function bodyCell<Row>(column: Column<Row>, row: Row): Html {
  const className = attributes({ class: column.align && `align-${column.align}` });
  return column.rowHeader
    ? html`<th scope="row"${className}>${column.cell(row)}</th>`
    : html`<td${className}>${column.cell(row)}</td>`;
}
