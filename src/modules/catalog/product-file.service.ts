import type { Readable } from 'node:stream';
import { slugOf } from './catalog.model.ts';
import { NotCsv, readCsv, withFileOf } from './csv-file.gateway.ts';
import {
  type CsvHeader,
  type CsvNote,
  type CsvRow,
  cellOf,
  readHeader,
} from './shopify-csv.model.ts';

/** What is known of a product file before anything of it is taken. */
export interface Survey {
  readonly rows: number;
  readonly header: CsvHeader;
  /** How many products there are. */
  readonly total: number;
  /** Handles whose rows do not all stand together. */
  readonly scattered: ReadonlySet<string>;
}

/** A file that cannot be taken, and why. */
export interface RefusedFile {
  readonly rows: number;
  readonly refusal: CsvNote;
}

/** Has `work` read a product file that was looked through to its end, or says why it is none. */
export function withProductFile<T>(
  stream: Readable,
  work: {
    readonly taken: (path: string, survey: Survey) => Promise<T>;
    readonly refused: (file: RefusedFile) => T;
  },
): Promise<T> {
  return withFileOf(stream, async (path) => {
    const survey = await surveyFile(path);
    return 'refusal' in survey ? work.refused(survey) : work.taken(path, survey);
  });
}

/** What all rows of a product may hold, in characters and cells: they are held, written and read as one. */
const MAX_PRODUCT_LENGTH = 4_000_000;

/** Reads the file once from end to end, so that nothing is imported from one that is broken further down. */
async function surveyFile(path: string): Promise<Survey | RefusedFile> {
  /** How much each product holds. */
  const lengths = new Map<string, number>();
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
      const before = lengths.get(handle);
      if (handle !== last && before !== undefined) scattered.add(handle);
      const length = row.cells.reduce((sum, cell) => sum + cell.length + 1, before ?? 0);
      if (length > MAX_PRODUCT_LENGTH)
        return refuse(
          row.line,
          'The rows of a product hold at most 4 MB; with this one it is more.',
        );
      lengths.set(handle, length);
      last = handle;
    }
  } catch (error) {
    if (error instanceof NotCsv) return refuse(error.line, error.message);
    throw error;
  }
  return header
    ? { rows, header, total: lengths.size, scattered }
    : refuse(1, 'The file is empty.');
}

/** The rows of one product, which are at least one. */
export type ProductRows = [CsvRow, ...CsvRow[]];

/** The rows of one product after another; those of scattered handles are collected and come last. */
export async function* productsOf(
  path: string,
  { header, scattered }: Survey,
): AsyncGenerator<ProductRows> {
  const collected = new Map<string, ProductRows>();
  let current: { readonly handle: string; readonly rows: ProductRows } | undefined;
  let isHeader = true;
  for await (const row of readCsv(path)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const handle = handleOf(header, row);
    if (scattered.has(handle)) {
      const known = collected.get(handle);
      if (known) known.push(row);
      else collected.set(handle, [row]);
    } else if (current?.handle === handle) current.rows.push(row);
    else {
      if (current) yield current.rows;
      current = { handle, rows: [row] };
    }
  }
  if (current) yield current.rows;
  yield* collected.values();
}

/** A row's handle; where it has none, the one that its title makes. */
export function handleOf(header: CsvHeader, row: CsvRow): string {
  const handle = cellOf(header, row, 'handle') ?? '';
  return handle === '' ? slugOf(cellOf(header, row, 'title') ?? '') : handle.toLowerCase();
}
