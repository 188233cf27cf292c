import { DEFAULT_CURRENCY, isCurrency } from '../../shared/money.ts';
import {
  MAX_OF_PRODUCT,
  MAX_SLUG_LENGTH,
  MAX_VARIANTS,
  type ProductInput,
  type ProductStatus,
  SLUG_PATTERN,
  type VariantInput,
} from './catalog.model.ts';
import {
  type CsvField,
  type CsvHeader,
  type CsvNote,
  type CsvRow,
  cellOf,
} from './shopify-csv.model.ts';
import { readImages } from './shopify-images.model.ts';
import { isVariantRow, readOptionNames, readVariant } from './shopify-variant.model.ts';

/** The longest text that a note tells whole. */
const MAX_TOLD = 300;

/** Reads cells of one product's rows and collects what is wrong with them. */
export interface CellReader {
  /** The trimmed text, or undefined where the file has no such column; too long a text is a problem. */
  text(row: CsvRow, field: CsvField, maxLength: number): string | undefined;
  problem(row: CsvRow, field: CsvField, reason: string): void;
  warning(row: CsvRow, field: CsvField, reason: string): void;
}

/** What a product's rows say. With problems, the input is not to be used. */
export interface CsvProduct {
  readonly input: ProductInput & {
    readonly title: string;
    readonly variants: readonly VariantInput[];
  };
  /** The row of each variant. */
  readonly variantRows: readonly CsvRow[];
  readonly problems: readonly CsvNote[];
  readonly warnings: readonly CsvNote[];
}

/** Turns the rows of one handle into a product: what belongs to all of it stands in the first. */
export function readProduct(
  header: CsvHeader,
  handle: string,
  rows: readonly [CsvRow, ...CsvRow[]],
): CsvProduct {
  const problems: CsvNote[] = [];
  const warnings: CsvNote[] = [];
  const note = (row: CsvRow, field: CsvField, reason: string): CsvNote => ({
    line: row.line,
    column: beginningOf(header.names[header.indexes.get(field) ?? -1] ?? ''),
    handle: beginningOf(handle),
    reason: beginningOf(reason),
  });
  const reader: CellReader = {
    text(row, field, maxLength) {
      const text = cellOf(header, row, field);
      if (text !== undefined && text.length > maxLength)
        problems.push(note(row, field, `This is longer than ${maxLength} characters.`));
      return text;
    },
    problem: (row, field, reason) => problems.push(note(row, field, reason)),
    warning: (row, field, reason) => warnings.push(note(row, field, reason)),
  };

  const [first] = rows;
  for (const row of rows) checkCells(header, row, reader);
  if (handle.length > MAX_SLUG_LENGTH || !new RegExp(SLUG_PATTERN, 'u').test(handle))
    reader.problem(first, 'handle', 'A handle has letters, digits and hyphens, at most 200.');
  const variantRows = rows.filter((row) => row === first || isVariantRow(header, row));
  if (variantRows.length > MAX_VARIANTS)
    reader.problem(first, 'handle', `A product has at most ${MAX_VARIANTS} variants.`);

  const currency = readCurrency(first, reader);
  const names = readOptionNames(first, variantRows, reader);
  const variants = variantRows.map((row) => readVariant(row, names, currency, reader));
  const input = {
    slug: handle,
    ...readFields(first, reader),
    variants,
    optionNames: names.filter((name) => name !== null),
    ...readImages(header, rows, variants, reader),
  };
  return { input, variantRows, problems, warnings };
}

/** As much of a text as a report has room for: a cell may have megabytes, and be told of in each of many rows. */
function beginningOf(text: string): string {
  return text.length > MAX_TOLD ? `${text.slice(0, MAX_TOLD)}…` : text;
}

function checkCells(header: CsvHeader, row: CsvRow, reader: CellReader): void {
  if (row.cells.slice(header.names.length).some((cell) => cell !== ''))
    reader.problem(row, 'handle', 'The row has more cells than the header: is a quote missing?');
  for (const [field, index] of header.indexes) {
    const cell = row.cells[index] ?? '';
    if (cell.includes('\uFFFD'))
      reader.problem(row, field, 'This is not UTF-8: save the file as UTF-8.');
    if (cell.includes('\0')) reader.problem(row, field, 'NUL characters are not allowed.');
  }
}

function readCurrency(row: CsvRow, reader: CellReader): string {
  const currency = reader.text(row, 'currency', 3) || DEFAULT_CURRENCY;
  if (isCurrency(currency)) return currency;
  reader.problem(row, 'currency', `"${currency}" is not a currency.`);
  return DEFAULT_CURRENCY;
}

function readFields(row: CsvRow, reader: CellReader) {
  const title = reader.text(row, 'title', 255) ?? '';
  if (title === '') reader.problem(row, 'title', 'The first row of a product needs a title.');
  const description = reader.text(row, 'description', MAX_OF_PRODUCT.description);
  const vendor = reader.text(row, 'vendor', 255);
  const type = reader.text(row, 'type', 255);
  const tags = split(reader.text(row, 'tags', 10_000), ',');
  const categories = split(reader.text(row, 'category', 2_000), ';')
    // A place in Shopify's taxonomy is a path: the last step names the category.
    ?.map((path) => (path.split('>').at(-1) ?? '').trim())
    .filter((name) => /[\p{L}\p{N}]/u.test(name));
  const status = readStatus(row, reader);
  if (tags && tags.length > MAX_OF_PRODUCT.tags)
    reader.problem(row, 'tags', `A product has at most ${MAX_OF_PRODUCT.tags} tags.`);
  if (tags?.some((tag) => tag.length > 255))
    reader.problem(row, 'tags', 'Each tag has at most 255 characters.');
  if (categories && categories.length > MAX_OF_PRODUCT.categories)
    reader.problem(
      row,
      'category',
      `A product is in at most ${MAX_OF_PRODUCT.categories} categories.`,
    );
  if (categories?.some((name) => name.length > 100))
    reader.problem(row, 'category', 'The name of a category has at most 100 characters.');
  return {
    title,
    ...(description !== undefined && { description }),
    ...(vendor !== undefined && { vendor }),
    ...(type !== undefined && { type }),
    ...(tags !== undefined && { tags }),
    ...(categories !== undefined && { categories }),
    ...(status !== undefined && { status }),
  };
}

function split(text: string | undefined, separator: string): string[] | undefined {
  const parts = text?.split(separator).map((part) => part.trim());
  return parts && [...new Set(parts.filter((part) => part !== ''))];
}

/** Unpublished is a draft; where the file has neither column the status stays as it is. */
function readStatus(row: CsvRow, reader: CellReader): ProductStatus | undefined {
  const published = readBoolean(row, 'published', reader);
  const status = reader.text(row, 'status', 20)?.toLowerCase();
  if (status === 'draft' || status === 'archived') return status;
  if (status !== undefined && status !== '' && status !== 'active')
    reader.problem(row, 'status', 'A status is active, draft or archived.');
  if (published === undefined) return status === undefined ? undefined : 'active';
  return published ? 'active' : 'draft';
}

function readBoolean(row: CsvRow, field: CsvField, reader: CellReader): boolean | undefined {
  const text = reader.text(row, field, 10)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text === '' || text === 'true' || text === 'yes' || text === '1') return true;
  if (text !== 'false' && text !== 'no' && text !== '0')
    reader.problem(row, field, 'This is true or false.');
  return false;
}
