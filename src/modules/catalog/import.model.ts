import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { Actor } from '../../telemetry/context.ts';
import type { CsvNote, CsvRow } from './shopify-csv.model.ts';

export interface ImportTables {
  imports: {
    id: string;
    file_name: string;
    actor_kind: Actor['kind'];
    actor_id: string | null;
    state: Generated<ImportState>;
    columns: JSONColumnType<string[]>;
    rows: number;
    total: number;
    created: Generated<number>;
    updated: Generated<number>;
    unchanged: Generated<number>;
    refused: Generated<number>;
    done: GeneratedAlways<number>;
    variants: Generated<number>;
    images: Generated<number>;
    error_count: Generated<number>;
    warning_count: Generated<number>;
    created_at: Generated<Date>;
    finished_at: Generated<Date | null>;
  };
  import_products: { import_id: string; number: number; rows: JSONColumnType<CsvRow[]> };
  import_notes: {
    import_id: string;
    kind: NoteKind;
    number: number;
    line: number;
    column: string;
    handle: string;
    reason: string;
  };
}

export type ImportState = 'waiting' | 'running' | 'done';
export type NoteKind = 'error' | 'warning';

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

/** An import as lists show it. */
export interface ImportEntry {
  readonly id: string;
  /** As its sender called the file; empty where they did not say. */
  readonly fileName: string;
  readonly state: ImportState;
  /** Products taken or refused. */
  readonly done: number;
  /** Products in the file. */
  readonly total: number;
  readonly report: Omit<ImportReport, 'errors' | 'warnings'>;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** An import that jobs do, and its report as far as it is. */
export interface Import extends ImportEntry {
  readonly report: ImportReport;
}

/** What became of one product of a file. */
export interface Outcome {
  readonly product: keyof ImportReport['products'];
  readonly variants: number;
  readonly images: number;
  readonly errors: readonly CsvNote[];
  readonly warnings: readonly CsvNote[];
}

export const MAX_NOTES = 1000;

export function newReport(rows: number): ImportReport {
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

/** The report on a file that is not taken at all. */
export function reportOfRefusal({
  rows,
  refusal,
}: {
  readonly rows: number;
  readonly refusal: CsvNote;
}): ImportReport {
  return { ...newReport(rows), errorCount: 1, errors: [refusal] };
}

export function addOutcome(report: ImportReport, outcome: Outcome): void {
  const { product, variants, images, errors, warnings } = outcome;
  report.products[product] += 1;
  report.variants += variants;
  report.images += images;
  report.errors.push(...errors.slice(0, MAX_NOTES - report.errors.length));
  report.warnings.push(...warnings.slice(0, MAX_NOTES - report.warnings.length));
  report.errorCount += errors.length;
  report.warningCount += warnings.length;
}

export function refused(errors: readonly CsvNote[]): Outcome {
  return { product: 'refused', variants: 0, images: 0, errors, warnings: [] };
}
