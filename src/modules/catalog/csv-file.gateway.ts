import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { pipeline as pipelineToEnd } from 'node:stream/promises';
import type { CsvError } from 'csv-parse';
import { ShopError } from '../../shared/errors.ts';
import type { CsvRow } from './shopify-csv.model.ts';

/** A file whose text is not CSV, from this line on. */
export class NotCsv extends Error {
  readonly line: number;
  constructor(line: number, cause: CsvError) {
    super(
      cause.code === 'CSV_MAX_RECORD_SIZE'
        ? 'A row holds at most 4 MB; here one is longer, or a quote is opened and never closed.'
        : cause.code === 'CSV_QUOTE_NOT_CLOSED'
          ? 'A quote is opened here and never closed.'
          : 'This is not CSV.',
      { cause },
    );
    this.line = line;
  }
}

/**
 * Keeps a stream in a temporary file while `work` reads it, so that it can be read more than once.
 * @throws ShopError service_unavailable, where the folder does not take it.
 */
export async function withFileOf<T>(
  stream: Readable,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(tmpdir(), `mainstay-import-${randomUUID()}.csv`);
  try {
    await pipelineToEnd(stream, createWriteStream(path, { mode: 0o600 })).catch((error) => {
      throw isOfFile(error, path) ? notKept(error) : error;
    });
    return await work(path);
  } finally {
    await unlink(path).catch(() => undefined);
  }
}

/** Whether it is the file that failed, and not where its bytes come from. */
function isOfFile({ syscall, path: failed }: NodeJS.ErrnoException, path: string): boolean {
  return syscall === 'write' || failed === path;
}

function notKept(error: NodeJS.ErrnoException): ShopError {
  return new ShopError(
    'service_unavailable',
    `The shop cannot keep the file while it reads it: its folder for temporary files is full or takes none (${error.code}).`,
    { retryAfterSeconds: 60, cause: error },
  );
}

const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** Reads a CSV file record by record, with the line each begins on. @throws NotCsv */
export async function* readCsv(path: string): AsyncGenerator<CsvRow> {
  const { CsvError, parse } = await import('csv-parse');
  // Whoever reads no further closes the file, and what cannot be read of it is thrown here.
  const parser = pipeline(
    createReadStream(path),
    parse({
      bom: true,
      info: true,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_RECORD_BYTES,
    }),
    () => undefined,
  );
  let end = 0;
  try {
    for await (const { info, record } of parser as AsyncIterable<{
      info: { lines: number };
      record: string[];
    }>) {
      end = info.lines;
      yield { line: end - lineBreaks(record), cells: record };
    }
  } catch (error) {
    throw error instanceof CsvError ? new NotCsv(end + 1, error) : error;
  }
}

function lineBreaks(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}
