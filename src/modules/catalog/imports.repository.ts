import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { deleteInParts } from '../../database/in-parts.ts';
import { enqueueEach, enqueueJob, lacksJob } from '../../events/jobs.ts';
import type { Actor } from '../../telemetry/context.ts';
import {
  type Import,
  type ImportEntry,
  type ImportTables,
  MAX_NOTES,
  type NoteKind,
  type Outcome,
} from './import.model.ts';
import type { ProductRows, Survey } from './product-file.service.ts';
import type { CsvNote } from './shopify-csv.model.ts';

/** The job that takes products of one import for some seconds; its payload is `{ importId }`. */
export const IMPORT_PRODUCTS = 'import_products';

/** All imports take turns in one line: each leaves the other jobs their slots. */
const QUEUE = 'imports';

export async function insertImport(
  tx: Tx,
  id: string,
  { fileName, actor, survey }: { fileName: string; actor: Actor; survey: Survey },
): Promise<void> {
  await tx
    .insertInto('imports')
    .values({
      id,
      file_name: storable(fileName).slice(0, 255),
      actor_kind: actor.kind,
      actor_id: actor.id,
      columns: JSON.stringify(survey.header.names),
      rows: survey.rows,
      total: survey.total,
    })
    .execute();
}

/** Adds the rows of products, each as json, with numbers from the given one on. */
export async function insertProducts(
  tx: Tx,
  importId: string,
  first: number,
  products: readonly string[],
): Promise<void> {
  await sql`
    INSERT INTO import_products (import_id, number, rows)
    SELECT ${importId}, ${first - 1} + number, product
    FROM json_array_elements(${`[${products.join()}]`}::json) WITH ORDINALITY AS given (product, number)`.execute(
    tx,
  );
}

/** Has the import gone on with once the transaction commits, behind those that wait already. */
export function enqueueImport(tx: Db, importId: string): Promise<void> {
  return enqueueJob(
    tx,
    IMPORT_PRODUCTS,
    { importId },
    { jobKey: `import:${importId}`, queue: QUEUE, yields: true },
  );
}

/** Gives every unfinished import whose job was lost a new one; returns how many. */
export function enqueueLostImports(db: Db): Promise<number> {
  return enqueueEach(
    db,
    IMPORT_PRODUCTS,
    sql`SELECT 'import:' || id AS key, ${QUEUE} AS queue, now() AS run_at,
        json_build_object('importId', id) AS payload
      FROM imports WHERE state <> 'done' AND ${lacksJob(sql`'import:' || imports.id`)}`,
  );
}

/** The first product that is still to take, and what it takes; null where none is left. */
export async function findNextProduct(db: Db, importId: string) {
  const row = await db
    .selectFrom('imports')
    .innerJoin('import_products', (join) =>
      join
        .onRef('import_id', '=', 'id')
        .on(sql<boolean>`import_products.number = imports.done + 1`),
    )
    .select(['number', 'columns', 'actor_id', 'import_products.rows'])
    .where('id', '=', importId)
    .executeTakeFirst();
  return row ? { ...row, rows: row.rows as ProductRows } : null;
}

/** Takes a product off the list; false where somebody else did. */
export async function strikeOff(tx: Tx, importId: string, number: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('import_products')
    .where('import_id', '=', importId)
    .where('number', '=', number)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Counts what became of a product that was taken off the list, and keeps its notes as far as there is room. */
export async function recordOutcome(tx: Tx, importId: string, outcome: Outcome): Promise<void> {
  const { product, variants, images, errors, warnings } = outcome;
  const counts = await tx
    .updateTable('imports')
    .set((row) => ({
      state: 'running',
      [product]: row(product, '+', 1),
      variants: row('variants', '+', variants),
      images: row('images', '+', images),
      error_count: row('error_count', '+', errors.length),
      warning_count: row('warning_count', '+', warnings.length),
    }))
    .where('id', '=', importId)
    .returning(['error_count', 'warning_count'])
    .executeTakeFirstOrThrow();
  await insertNotes(tx, importId, 'error', counts.error_count - errors.length, errors);
  await insertNotes(tx, importId, 'warning', counts.warning_count - warnings.length, warnings);
}

async function insertNotes(
  tx: Tx,
  importId: string,
  kind: NoteKind,
  before: number,
  notes: readonly CsvNote[],
): Promise<void> {
  const kept = notes.slice(0, Math.max(0, MAX_NOTES - before));
  if (kept.length === 0) return;
  await tx
    .insertInto('import_notes')
    .values(
      kept.map(({ line, column, handle, reason }, index) => ({
        import_id: importId,
        kind,
        number: before + index + 1,
        line,
        column: storable(column),
        handle: storable(handle),
        reason: storable(reason),
      })),
    )
    .execute();
}

/** Ends an import of which nothing is left to take, once; null where there is none. */
export async function finishImport(tx: Tx, importId: string) {
  const row = await tx
    .updateTable('imports')
    .set({ state: 'done', finished_at: sql<Date>`now()` })
    .where('id', '=', importId)
    .where('state', '<>', 'done')
    .whereRef('done', '=', 'total')
    .returning(entryColumns)
    .returning(['actor_kind', 'actor_id'])
    .executeTakeFirst();
  return row
    ? { ...entryOf(row), actor: { kind: row.actor_kind, id: row.actor_id } satisfies Actor }
    : null;
}

export async function findImport(db: Db, id: string): Promise<Import | null> {
  const row = await db
    .selectFrom('imports')
    .select(entryColumns)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const notes = await db
    .selectFrom('import_notes')
    .select(['kind', 'line', 'column', 'handle', 'reason'])
    .where('import_id', '=', id)
    .orderBy('number')
    .execute();
  const of = (wanted: NoteKind) =>
    notes.filter(({ kind }) => kind === wanted).map(({ kind: _, ...note }) => note);
  const entry = entryOf(row);
  return { ...entry, report: { ...entry.report, errors: of('error'), warnings: of('warning') } };
}

/** The newest imports, the newest first. */
export async function findLatestImports(db: Db, most: number): Promise<ImportEntry[]> {
  const rows = await db
    .selectFrom('imports')
    .select(entryColumns)
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return rows.map(entryOf);
}

/** Deletes the imports that ended so many days ago, with their notes. */
export function deleteFinishedImports(db: Db, days: number): Promise<void> {
  return deleteInParts(db, 'imports', sql`finished_at < now() - make_interval(days => ${days})`);
}

const entryColumns = [
  ...(['id', 'file_name', 'state', 'done', 'total', 'imports.rows', 'created', 'updated'] as const),
  ...(['unchanged', 'refused', 'variants', 'images', 'error_count', 'warning_count'] as const),
  ...(['created_at', 'finished_at'] as const),
] as const;

function entryOf(
  row: Omit<Selectable<ImportTables['imports']>, 'columns' | 'actor_kind' | 'actor_id'>,
): ImportEntry {
  const { created, updated, unchanged, refused } = row;
  return {
    id: row.id,
    fileName: row.file_name,
    state: row.state,
    done: row.done,
    total: row.total,
    report: {
      rows: row.rows,
      products: { created, updated, unchanged, refused },
      variants: row.variants,
      images: row.images,
      errorCount: row.error_count,
      warningCount: row.warning_count,
    },
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** A text of the file as PostgreSQL takes it, which has no NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
