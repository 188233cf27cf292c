import { Readable } from 'node:stream';
import { sql } from 'kysely';
import type pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Db } from '../../src/database/database.ts';
import { startJobs } from '../../src/events/job-runner.ts';
import { readQueue } from '../../src/events/jobs.ts';
import { importProducts } from '../../src/modules/catalog/import.service.ts';
import {
  beginImport,
  forgetImports,
  getImport,
  IMPORT_PRODUCTS,
  latestImports,
  repairImports,
  takeTurn,
} from '../../src/modules/catalog/import-job.service.ts';
import { enqueueImport } from '../../src/modules/catalog/imports.repository.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { untilBlocked } from '../support/blocked.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { begin, fileOf, importActs, onceEach, timesTaken } from './support.ts';

const logger = createLogger('silent');

async function shop(): Promise<TestDatabase> {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  return database;
}

const jobsOf = async ({ db }: TestDatabase) =>
  (
    await sql<{ key: string | null; queue: string }>`
    SELECT key, queue_name AS queue FROM graphile_worker.jobs`.execute(db)
  ).rows;

const loseJobs = ({ db }: TestDatabase) =>
  sql`DELETE FROM graphile_worker._private_jobs`.execute(db);

/** The job, with a turn that is as long as the file. */
const takeAll = (db: Db, id: string) => takeTurn({ db, logger }, id, Number.POSITIVE_INFINITY);

/** A worker that takes turns of so many milliseconds. */
async function startWorker({ db, pool }: TestDatabase, turnMs: number) {
  const jobs = await startJobs(db, logger, {
    pgPool: pool,
    taskList: {
      [IMPORT_PRODUCTS]: async (payload) => {
        await takeTurn({ db, logger }, (payload as { importId: string }).importId, turnMs);
      },
    },
    concurrency: 4,
    keyed: [IMPORT_PRODUCTS],
    pollInterval: 200,
  });
  onTestFinished(() => jobs.stop());
  return jobs;
}

/** Holds whoever counts a product until `letGo`, by a lock that the count needs too. */
async function holdCounts({ db, pool }: TestDatabase) {
  const holder: pg.PoolClient = await pool.connect();
  await holder.query('SELECT pg_advisory_lock(7005)');
  await sql`
    CREATE FUNCTION hold_count() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(7005); RETURN NEW; END $$`.execute(db);
  await sql`
    CREATE TRIGGER hold_count BEFORE UPDATE ON imports
    FOR EACH ROW EXECUTE FUNCTION hold_count()`.execute(db);
  return async () => {
    await holder.query('SELECT pg_advisory_unlock(7005)');
    holder.release();
  };
}

const HEAD =
  'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src';
const MIXED = `${HEAD}
good-one,Good,Title,Default Title,A,1,deny,5.00,https://example.test/1.jpg
apart,Apart,Size,S,B,1,deny,5.00,
bad-price,Bad,Size,S,C,1,deny,five,
twice,Twice,Size,S,D,1,deny,5.00,
twice,,,S,E,1,deny,6.00,
apart,,,M,F,2,deny,6.00,
owed,Owed,Title,Default Title,G,-2,deny,5.00,
good-one-more,Good,Title,Default Title,H,1,deny,5.00,
`;

describe('an import by jobs', () => {
  it('reports what one that is waited for reports: a bad row in the middle with its line', async () => {
    const [waited, byJob] = [await shop(), await shop()];
    for (const products of [
      { created: 4, unchanged: 0 },
      { created: 0, unchanged: 4 },
    ]) {
      const report = await importProducts(waited.db, Readable.from([MIXED]));
      const id = await begin(byJob.db, MIXED);
      await takeAll(byJob.db, id);
      const found = await getImport(byJob.db, id);
      expect(found).toMatchObject({ state: 'done', done: 6, total: 6, fileName: 'boards.csv' });
      expect(found.report).toEqual(report);
      expect(report.products).toEqual({ updated: 0, refused: 2, ...products });
    }
    const [{ id } = { id: '' }] = await latestImports(byJob.db);
    const { errors, warnings } = (await getImport(byJob.db, id)).report;
    expect(errors.map(({ line, handle }) => [line, handle])).toEqual([
      [4, 'bad-price'],
      [6, 'twice'],
    ]);
    expect(warnings.map(({ line, handle }) => [line, handle])).toEqual([[8, 'owed']]);
  });

  it('keeps the first thousand reasons and counts the others, as one that is waited for', async () => {
    const { db } = await shop();
    const rows = Array.from({ length: 300 }, (_, index) => `bad-${index},Bad,,,A,x,x,x,x`);
    const file = [HEAD, ...rows, ''].join('\n');
    const id = await begin(db, file);
    await takeAll(db, id);
    const { report } = await getImport(db, id);
    expect([report.errorCount, report.errors.length]).toEqual([1200, 1000]);
    expect(await importProducts(db, Readable.from([file]))).toEqual(report);
  });

  it('tells what is long by its beginning, as of a handle of half a megabyte with something wrong in each cell', async () => {
    const { db } = await shop();
    const long = 'a'.repeat(500_000);
    const id = await begin(db, [HEAD, `${long},,${long},,,x,x,${long},x`, ''].join('\n'));
    await takeAll(db, id);
    const { errors } = (await getImport(db, id)).report;
    expect(errors.length).toBeGreaterThan(5);
    for (const { handle, reason } of errors) {
      expect(handle).toBe(`${'a'.repeat(300)}…`);
      expect(reason.length).toBeLessThanOrEqual(301);
    }
  });

  it('refuses what PostgreSQL has no characters for as any bad row', async () => {
    const { db } = await shop();
    const id = await begin(db, `${fileOf(1)}nul\0led,N\0ul,A,1,5\nlast,Last,A,1,5\n`);
    await takeAll(db, id);
    const { report, state } = await getImport(db, id);
    expect([state, report.products]).toMatchObject(['done', { created: 2, refused: 1 }]);
    expect(report.errors[0]).toMatchObject({ line: 3, handle: 'nul\uFFFDled' });
  });

  it('of a file that is no product file is not begun', async () => {
    const database = await shop();
    const begun = await beginImport(database.db, Readable.from(['just,some\nother,table\n']), 'x');
    expect(begun).toMatchObject({ refused: { errorCount: 1, errors: [{ line: 1 }] } });
    expect([await latestImports(database.db), await jobsOf(database)]).toEqual([[], []]);
    expect(await importActs(database.db)).toEqual([]);
  });

  it('of a file with more columns than a spreadsheet has is not begun', async () => {
    const { db } = await shop();
    const file = (columns: number) => Readable.from([`Title${',x'.repeat(columns - 1)}\nBoard\n`]);
    expect(await beginImport(db, file(20_001), 'x')).toMatchObject({
      refused: { errors: [{ line: 1, reason: 'A product file has at most 20000 columns.' }] },
    });
    expect(await beginImport(db, file(20_000), 'x')).toMatchObject({
      importId: expect.any(String),
    });
  });

  it('of a file with a product of more than 4 MB is not begun, however its rows are scattered', async () => {
    const { db } = await shop();
    const rows = (...handles: string[]) =>
      Readable.from(['Handle,Title\n', ...handles.map((h) => `${h},${'\0'.repeat(1_500_000)}\n`)]);
    expect(await beginImport(db, rows('a', 'b', 'a', 'b', 'a'), 'x')).toMatchObject({
      refused: { errors: [{ line: 6, reason: expect.stringMatching(/at most 4 MB/) }] },
    });
    expect(await latestImports(db)).toEqual([]);
    expect(await beginImport(db, rows('a', 'b', 'a', 'b'), 'x')).toMatchObject({
      importId: expect.any(String),
    });
  });

  it('of a file without products is done at once', async () => {
    const { db } = await shop();
    const id = await begin(db, fileOf(0));
    await takeAll(db, id);
    expect(await getImport(db, id)).toMatchObject({ state: 'done', total: 0 });
  });

  it('ends its turn when the time is up, and goes on in the next, behind others that wait', async () => {
    const database = await shop();
    const { db } = database;
    const id = await begin(db, fileOf(3));
    expect(await getImport(db, id)).toMatchObject({ state: 'waiting', done: 0, total: 3 });
    await loseJobs(database);
    await takeTurn({ db, logger }, id, 0);
    expect(await getImport(db, id)).toMatchObject({ state: 'running', done: 1, total: 3 });
    expect(await jobsOf(database)).toEqual([{ key: `import:${id}`, queue: 'imports' }]);
    await takeAll(db, id);
    expect(await timesTaken(db)).toEqual(onceEach(3));
    expect(await importActs(db)).toMatchObject([
      { act: 'catalogue.import_begun', detail: { products: 3 } },
      { act: 'catalogue.imported', detail: { created: 3, refused: 0 } },
    ]);
  });

  it('goes on after a database that failed in the middle of a product, of which nothing is left', async () => {
    const { db } = await shop();
    const id = await begin(db, fileOf(3));
    await takeTurn({ db, logger }, id, 0);
    await sql`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'the disk is full' USING ERRCODE = 'disk_full'; END $$`.execute(db);
    await sql`
      CREATE TRIGGER fail BEFORE UPDATE ON imports FOR EACH ROW EXECUTE FUNCTION fail()`.execute(
      db,
    );
    await expect(takeAll(db, id)).rejects.toThrow('the disk is full');
    expect(await timesTaken(db)).toEqual(onceEach(1));
    await sql`DROP TRIGGER fail ON imports`.execute(db);
    await takeAll(db, id);
    expect(await timesTaken(db)).toEqual(onceEach(3));
    expect(await getImport(db, id)).toMatchObject({ state: 'done', done: 3 });
  });

  it('leaves out a product at which the shop itself fails, says so, and goes on', async () => {
    const { db } = await shop();
    const id = await begin(db, fileOf(3));
    await sql`ALTER TABLE products ADD CHECK (slug <> 'board-2')`.execute(db);
    await takeAll(db, id);
    const { state, report } = await getImport(db, id);
    expect(state).toBe('done');
    expect(report).toMatchObject({ products: { created: 2, refused: 1 }, errorCount: 1 });
    expect(report.errors).toEqual([
      {
        line: 3,
        column: '',
        handle: 'board-2',
        reason: 'The shop itself failed at this product; its log says why.',
      },
    ]);
  });
});

describe('two who run one import at once', () => {
  it('take each product once, and end it once', async () => {
    const database = await shop();
    const { db } = database;
    const file = `${fileOf(20)}bad,Bad,,,x\n`;
    const id = await begin(db, file);
    const letGo = await holdCounts(database);
    const first = takeAll(db, id);
    await untilBlocked(db);
    // What the first has done is not told yet, so these begin with the same product.
    const others = [takeAll(db, id), takeAll(db, id)];
    await until(async () => (await waiting(database)) === 3);
    await letGo();
    await Promise.all([first, ...others]);
    expect(await timesTaken(db)).toEqual(onceEach(20));
    expect(await getImport(db, id)).toMatchObject({
      state: 'done',
      report: { products: { created: 20, updated: 0, unchanged: 0, refused: 1 }, errorCount: 1 },
    });
    expect((await importActs(db)).map(({ act }) => act)).toEqual([
      'catalogue.import_begun',
      'catalogue.imported',
    ]);
  });

  it('also where the product is one that is refused', async () => {
    const database = await shop();
    const { db } = database;
    const id = await begin(db, `${fileOf(0)}bad,Bad,,,x\n`);
    const letGo = await holdCounts(database);
    const first = takeAll(db, id);
    await untilBlocked(db);
    const second = takeAll(db, id);
    await until(async () => (await waiting(database)) === 2);
    await letGo();
    await Promise.all([first, second]);
    const { report } = await getImport(db, id);
    expect([report.products.refused, report.errorCount, report.errors.length]).toEqual([1, 1, 1]);
  });

  const waiting = async ({ db }: TestDatabase) =>
    (
      await sql`
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db)
    ).rows.length;
});

describe('the queue', () => {
  it('is not left waiting by a stop, after which the import goes on where it stood', async () => {
    const database = await shop();
    const { db } = database;
    const id = await begin(db, fileOf(150));
    const jobs = await startWorker(database, 0);
    await until(async () => (await getImport(db, id)).done > 1);
    await jobs.stop();
    const { done, state } = await getImport(db, id);
    expect([state, done < 150]).toEqual(['running', true]);
    await startWorker(database, 500);
    await until(async () => (await getImport(db, id)).state === 'done');
    expect(await timesTaken(db)).toEqual(onceEach(150));
  });

  it('runs an import whose job is enqueued anew while it runs as once, by two workers, with no dead job', async () => {
    const database = await shop();
    const { db } = database;
    const ids = [await begin(db, fileOf(40)), await begin(db, fileOf(40, 'plank'))];
    await startWorker(database, 50);
    await startWorker(database, 50);
    for (const done of [1, 10, 20]) {
      await until(async () => (await getImport(db, ids[0] ?? '')).done >= done);
      for (const id of ids) await enqueueImport(db, id);
    }
    for (const id of ids) await until(async () => (await getImport(db, id)).state === 'done');
    await until(async () => (await jobsOf(database)).length === 0);
    expect(await timesTaken(db)).toEqual({ ...onceEach(40), ...onceEach(40, 'plank') });
    expect((await readQueue(db)).dead).toEqual({});
  });

  it('is given a job anew for an import whose job was lost, and no second one', async () => {
    const database = await shop();
    const { db } = database;
    const id = await begin(db, fileOf(2));
    await repairImports({ db, logger });
    expect(await jobsOf(database)).toHaveLength(1);
    await loseJobs(database);
    await repairImports({ db, logger });
    expect(await jobsOf(database)).toEqual([{ key: `import:${id}`, queue: 'imports' }]);
    await startWorker(database, 5000);
    await until(async () => (await getImport(db, id)).state === 'done');
    await until(async () => (await jobsOf(database)).length === 0);
    await repairImports({ db, logger });
    expect(await jobsOf(database)).toEqual([]);
  });
});

it('imports are forgotten with their reports 30 days after their end, those under way never', async () => {
  const { db } = await shop();
  const [old, recent] = [await begin(db, `${fileOf(0)}bad,Bad,,,x\n`), await begin(db, fileOf(1))];
  for (const id of [old, recent]) await takeAll(db, id);
  const running = await begin(db, fileOf(1, 'plank'));
  await sql`UPDATE imports SET created_at = now() - interval '90 days'`.execute(db);
  await sql`
    UPDATE imports SET finished_at = now() - CASE WHEN id = ${old} THEN interval '31 days' ELSE interval '29 days' END
    WHERE state = 'done'`.execute(db);
  await forgetImports(db);
  expect((await latestImports(db)).map(({ id }) => id)).toEqual([running, recent]);
  expect(await db.selectFrom('import_notes').selectAll().execute()).toEqual([]);
  await expect(getImport(db, old)).rejects.toMatchObject({ code: 'not_found' });
});
