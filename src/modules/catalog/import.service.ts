import type { Readable } from 'node:stream';
import { type Db, inTransaction } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { note as noteAct } from '../../trail/trail.ts';
import { slugOf } from './catalog.model.ts';
import { NotCsv, readCsv, withFileOf } from './csv-file.gateway.ts';
import {
  type CsvHeader,
  type CsvNote,
  type CsvRow,
  cellOf,
  readHeader,
} from './shopify-csv.model.ts';
import { type CsvProduct, readProduct } from './shopify-product.model.ts';
import { lockProduct } from './write-product.repository.ts';
import { addProduct, changeProduct } from './write-product.service.ts';

/** What an import did. Counts of variants and images are of the products taken. */
export interface ImportReport {
  readonly rows: number;
  readonly products: { created: number; updated: number; unchanged: number; refused: number };
  variants: number;
  images: number;
  errorCount: number;
  warningCount: number;
  /** Why products were refused, row by row; at most MAX_NOTES of them. */
  readonly errors: CsvNote[];
  /** What was taken otherwise than it stands; at most MAX_NOTES of them. */
  readonly warnings: CsvNote[];
}

export interface ImportProgress {
  readonly done: number;
  readonly total: number;
}

export interface ImportOptions {
  readonly actorId?: string | null;
  readonly onProgress?: (progress: ImportProgress) => void;
}

const MAX_NOTES = 1000;

/**
 * Imports a product file in Shopify's format. Each product is taken whole, in a transaction of its own, or refused
 * whole and reported; known ones, by handle, become what the file says. A file that is not CSV changes nothing.
 */
export function importProducts(
  db: Db,
  stream: Readable,
  { actorId = null, onProgress }: ImportOptions = {},
): Promise<ImportReport> {
  return withFileOf(stream, async (path) => {
    const survey = await surveyFile(path);
    const report = newReport(survey.rows);
    if ('refusal' in survey) {
      note(report, 'error', [survey.refusal]);
      return report;
    }
    const begun = { products: survey.total };
    await inTransaction(db, (tx) =>
      noteAct(tx, { act: 'catalogue.import_begun', subject: null, detail: begun }),
    );
    let done = 0;
    for await (const { handle, rows } of productsOf(path, survey)) {
      const product = readProduct(survey.header, handle, rows);
      await importProduct(db, handle, product, report, actorId);
      done += 1;
      onProgress?.({ done, total: survey.total });
    }
    await inTransaction(db, (tx) =>
      noteAct(tx, { act: 'catalogue.imported', subject: null, detail: { ...report.products } }),
    );
    return report;
  });
}

interface Survey {
  readonly rows: number;
  readonly header: CsvHeader;
  readonly total: number;
  /** Handles whose rows do not all stand together. */
  readonly scattered: ReadonlySet<string>;
}

/** Reads the file once from end to end, so that nothing is imported from one that is broken further down. */
async function surveyFile(
  path: string,
): Promise<Survey | { readonly rows: number; readonly refusal: CsvNote }> {
  const handles = new Set<string>();
  const scattered = new Set<string>();
  let header: CsvHeader | undefined;
  let last: string | undefined;
  let rows = 0;
  const refuse = (line: number, reason: string) => ({
    rows,
    refusal: { line, column: '', handle: '', reason },
  });
  try {
    for await (const row of readCsv(path)) {
      if (!header) {
        const found = readHeader(row.cells);
        if (typeof found === 'string') return refuse(row.line, found);
        header = found;
        continue;
      }
      rows += 1;
      const handle = handleOf(header, row);
      if (handle !== last && handles.has(handle)) scattered.add(handle);
      handles.add(handle);
      last = handle;
    }
  } catch (error) {
    if (error instanceof NotCsv) return refuse(error.line, error.message);
    throw error;
  }
  return header
    ? { rows, header, total: handles.size, scattered }
    : refuse(1, 'The file is empty.');
}

interface ProductRows {
  readonly handle: string;
  readonly rows: [CsvRow, ...CsvRow[]];
}

/** The rows of one product after another; those of scattered handles are collected and come last. */
async function* productsOf(
  path: string,
  { header, scattered }: Survey,
): AsyncGenerator<ProductRows> {
  const collected = new Map<string, ProductRows>();
  let current: ProductRows | undefined;
  let isHeader = true;
  for await (const row of readCsv(path)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const handle = handleOf(header, row);
    if (scattered.has(handle)) {
      const known = collected.get(handle);
      if (known) known.rows.push(row);
      else collected.set(handle, { handle, rows: [row] });
    } else if (current?.handle === handle) current.rows.push(row);
    else {
      if (current) yield current;
      current = { handle, rows: [row] };
    }
  }
  if (current) yield current;
  yield* collected.values();
}

/** A row's handle; where it has none, the one that its title makes. */
function handleOf(header: CsvHeader, row: CsvRow): string {
  const handle = cellOf(header, row, 'handle') ?? '';
  return handle === '' ? slugOf(cellOf(header, row, 'title') ?? '') : handle.toLowerCase();
}

async function importProduct(
  db: Db,
  handle: string,
  { input, variantRows, problems, warnings }: CsvProduct,
  report: ImportReport,
  actorId: string | null,
): Promise<void> {
  if (problems.length > 0) return refuse(report, problems);
  try {
    const outcome = await inTransaction(db, async (tx) => {
      const known = await lockProduct(tx, { slug: handle });
      if (known) {
        const changed = await changeProduct(tx, known, input, actorId);
        return changed.length > 0 ? 'updated' : 'unchanged';
      }
      await addProduct(tx, input, actorId);
      return 'created';
    });
    report.products[outcome] += 1;
    report.variants += input.variants.length;
    report.images += input.images?.length ?? 0;
    note(report, 'warning', warnings);
  } catch (error) {
    if (!(error instanceof ShopError)) throw error;
    refuse(report, [
      { line: lineOf(error, variantRows), column: '', handle, reason: reasonOf(error) },
    ]);
  }
}

/** The row of the variant that a refusal speaks of, else the product's first. */
function lineOf(error: ShopError, variantRows: readonly CsvRow[]): number {
  const index = /^variants\.(\d+)/.exec(error.errors?.[0]?.path ?? '')?.[1] ?? 0;
  return variantRows[Number(index)]?.line ?? 1;
}

function reasonOf(error: ShopError): string {
  return error.errors?.[0]?.message ?? error.message;
}

function newReport(rows: number): ImportReport {
  return {
    rows,
    products: { created: 0, updated: 0, unchanged: 0, refused: 0 },
    variants: 0,
    images: 0,
    errorCount: 0,
    warningCount: 0,
    errors: [],
    warnings: [],
  };
}

function refuse(report: ImportReport, problems: readonly CsvNote[]): void {
  report.products.refused += 1;
  note(report, 'error', problems);
}

function note(report: ImportReport, kind: 'error' | 'warning', notes: readonly CsvNote[]): void {
  const list = kind === 'error' ? report.errors : report.warnings;
  list.push(...notes.slice(0, MAX_NOTES - list.length));
  if (kind === 'error') report.errorCount += notes.length;
  else report.warningCount += notes.length;
}
