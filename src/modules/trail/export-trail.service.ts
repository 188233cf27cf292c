import { type Db, inTransaction } from '../../database/database.ts';
import { note } from '../../trail/trail.ts';
import type { TrailEntry, TrailFilter } from './trail.model.ts';
import { findActsAfter } from './trail.repository.ts';
import { filterOf, type TrailQuery } from './trail.service.ts';

export const exportFormats = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const BATCH = 1000;

const columns: readonly (readonly [string, (entry: TrailEntry) => string])[] = [
  ['Position', ({ position }) => String(position)],
  ['Id', ({ id }) => id],
  ['Time (UTC)', ({ occurredAt }) => occurredAt],
  ['Actor', ({ actor }) => actor.kind],
  ['Actor id', ({ actor }) => actor.id ?? ''],
  ['Act', ({ act }) => act],
  ['Subject', ({ subject }) => subject.kind],
  ['Subject id', ({ subject }) => subject.id ?? ''],
  ['Detail', ({ detail }) => JSON.stringify(detail)],
  ['Correlation id', ({ correlationId }) => correlationId ?? ''],
  ['Network', ({ network }) => network ?? ''],
  ['Previous hash', ({ previousHash }) => previousHash],
  ['Hash', ({ hash }) => hash],
];

/**
 * Everything that a query finds, in the order of the chain, a batch at a time; that it is taken out is noted first.
 * @throws ShopError validation_failed for a period that ends before it begins.
 */
export async function exportTrail(
  db: Db,
  query: TrailQuery,
  format: ExportFormat,
): Promise<AsyncGenerator<string>> {
  const filter = filterOf(query);
  const filters = Object.entries(query).flatMap(([name, value]) => (value ? [name] : []));
  await inTransaction(db, (tx) =>
    note(tx, { act: 'trail.exported', subject: null, detail: { format, filters } }),
  );
  return write(db, filter, format);
}

async function* write(db: Db, filter: TrailFilter, format: ExportFormat): AsyncGenerator<string> {
  const { stringify } = await import('csv-stringify/sync');
  const asCsv = (entries: readonly TrailEntry[]) =>
    stringify(entries.map((entry) => columns.map(([, textOf]) => textOf(entry))));
  if (format === 'csv') yield stringify([columns.map(([name]) => name)]);
  let after: number | undefined = 0;
  while (after !== undefined) {
    const entries: TrailEntry[] = await findActsAfter(db, filter, after, BATCH);
    if (entries.length > 0) yield format === 'csv' ? asCsv(entries) : asLines(entries);
    after = entries.length === BATCH ? entries.at(-1)?.position : undefined;
  }
}

function asLines(entries: readonly TrailEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
