import type { Readable } from 'node:stream';
import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { isDatabaseTrouble, isOfTheServer } from '../../database/failures.ts';
import { notFound } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { KEPT_DAYS } from '../../shared/retention.ts';
import { currentActor } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { note } from '../../trail/trail.ts';
import {
  type Import,
  type ImportEntry,
  type ImportReport,
  type Outcome,
  refused,
  reportOfRefusal,
} from './import.model.ts';
import { importProduct } from './import-product.service.ts';
import {
  deleteFinishedImports,
  enqueueImport,
  enqueueLostImports,
  findImport,
  findLatestImports,
  findNextProduct,
  finishImport,
  IMPORT_PRODUCTS,
  insertImport,
  insertProducts,
  recordOutcome,
  strikeOff,
} from './imports.repository.ts';
import { handleOf, type ProductRows, productsOf, withProductFile } from './product-file.service.ts';
import { readHeader } from './shopify-csv.model.ts';

export { IMPORT_PRODUCTS };

interface JobDeps {
  readonly db: Db;
  readonly logger: Logger;
}

/** How long a job takes products before it lets others have their turn; a stop waits for it. */
const TURN_MS = 5000;
/** How much of a file one statement writes, in characters. */
const BATCH_LENGTH = 1_000_000;
const LATEST = 10;
const FAULT = 'The shop itself failed at this product; its log says why.';

/** An import that was begun, or the report on a file that cannot be taken. */
export type Begun = { readonly importId: string } | { readonly refused: ImportReport };

/**
 * Has jobs import a product file in Shopify's format, in the name of who asks now: whatever becomes of their rights
 * meanwhile, as they had them when they sent it. A file that is not CSV changes nothing and is told at once.
 */
export function beginImport(db: Db, stream: Readable, fileName: string): Promise<Begun> {
  return withProductFile<Begun>(stream, {
    refused: (file) => ({ refused: reportOfRefusal(file) }),
    taken: async (path, survey) => {
      const importId = newId();
      const { actor } = currentActor();
      await inTransaction(db, async (tx) => {
        await insertImport(tx, importId, { fileName, actor, survey });
        await keepProducts(tx, importId, productsOf(path, survey));
        await enqueueImport(tx, importId);
        const detail = { products: survey.total };
        await note(tx, { act: 'catalogue.import_begun', subject: null, detail });
      });
      return { importId };
    },
  });
}

async function keepProducts(
  tx: Tx,
  importId: string,
  products: AsyncIterable<ProductRows>,
): Promise<void> {
  let number = 1;
  let batch: string[] = [];
  let length = 0;
  const write = async () => {
    await insertProducts(tx, importId, number, batch);
    number += batch.length;
    batch = [];
    length = 0;
  };
  for await (const rows of products) {
    const product = JSON.stringify(rows);
    batch.push(product);
    length += product.length;
    if (length > BATCH_LENGTH) await write();
  }
  await write();
}

/** The job: takes products for some seconds, each once whatever is killed when, and enqueues itself while some are left. */
export async function takeTurn(
  { db, logger }: JobDeps,
  importId: string,
  turnMs = TURN_MS,
): Promise<void> {
  const end = performance.now() + turnMs;
  do {
    if (!(await takeNext({ db, logger }, importId))) return finish({ db, logger }, importId);
  } while (performance.now() < end);
  await enqueueImport(db, importId);
}

/** Takes the next product; false where none is left. */
async function takeNext({ db, logger }: JobDeps, importId: string): Promise<boolean> {
  const next = await findNextProduct(db, importId);
  if (next === null) return false;
  const { number, rows, actor_id: actorId } = next;
  const header = readHeader(next.columns);
  if (typeof header === 'string') throw new Error(header);
  const within = (take: (tx: Tx) => Promise<Outcome>) =>
    inTransaction(db, async (tx) => {
      // Whoever runs the job beside this one waits here, and finds it done.
      if (await strikeOff(tx, importId, number)) await recordOutcome(tx, importId, await take(tx));
    });
  try {
    await importProduct({ header, rows }, actorId, within);
  } catch (error) {
    if (isDatabaseTrouble(error) || isOfTheServer(error)) throw error;
    const [{ line }] = rows;
    logger.error({ err: error, importId, line }, 'a product of an import failed; it is left out');
    await within(async () =>
      refused([{ line, column: '', handle: handleOf(header, rows[0]), reason: FAULT }]),
    );
  }
  return true;
}

async function finish({ db, logger }: JobDeps, importId: string): Promise<void> {
  const ended = await inTransaction(db, async (tx) => {
    const finished = await finishImport(tx, importId);
    if (finished === null) return null;
    const { actor, report } = finished;
    const detail = { ...report.products };
    await note(tx, { act: 'catalogue.imported', subject: null, actor, detail });
    return finished;
  });
  if (ended) logger.info({ importId, ...ended.report }, 'import finished');
}

/** Sees to it that every import goes on. Harmless wherever and however often it runs. */
export async function repairImports({ db, logger }: JobDeps): Promise<void> {
  const imports = await enqueueLostImports(db);
  if (imports > 0) logger.warn({ imports }, 'imports without a job were enqueued again');
}

/** One import and its report as far as it is. @throws ShopError not_found */
export async function getImport(db: Db, id: string): Promise<Import> {
  const found = await findImport(db, id);
  if (!found) throw notFound('The import');
  return found;
}

/** The latest imports by jobs, the newest first. */
export function latestImports(db: Db): Promise<ImportEntry[]> {
  return findLatestImports(db, LATEST);
}

/** Forgets imports that ended long ago. */
export function forgetImports(db: Db): Promise<void> {
  return deleteFinishedImports(db, KEPT_DAYS.imports);
}
