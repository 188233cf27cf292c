import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Product } from '../../src/modules/catalog/catalog.model.ts';
import { listProducts } from '../../src/modules/catalog/catalog.service.ts';
import { exportProducts } from '../../src/modules/catalog/export.service.ts';
import type { ImportReport } from '../../src/modules/catalog/import.model.ts';
import { importProducts } from '../../src/modules/catalog/import.service.ts';
import { getImport, takeTurn } from '../../src/modules/catalog/import-job.service.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { readCsv } from './read-csv.ts';
import { begin } from './support.ts';

const folder = new URL('../../../shared/data/', import.meta.url);
const names = ['shopify-apparel.csv', 'shopify-jewelry.csv', 'shopify-snowdevil.csv'];
// The files are not part of the repository: where they are not beside it, these tests are skipped.
const present = existsSync(folder);

describe.skipIf(!present).each(names)('the real store in %s', (name) => {
  const file = fileURLToPath(new URL(name, folder));
  let database: TestDatabase;
  const stored = new Map<string, Product>();
  let waitedFor: ImportReport;
  const expected = Map.groupBy(
    readCsv(present ? readFileSync(file, 'utf8') : ''),
    (row) => row.Handle ?? '',
  );

  beforeAll(async () => {
    database = await createDatabase();
    const report = await importProducts(database.db, createReadStream(file));
    waitedFor = report;
    expect(report.errors).toEqual([]);
    expect(report.products).toEqual({
      created: expected.size,
      updated: 0,
      unchanged: 0,
      refused: 0,
    });
    for (let cursor: string | undefined; ; ) {
      const page = await listProducts(database.db, { status: 'all' }, { limit: 100, cursor });
      for (const product of page.data) stored.set(product.slug, product);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
  });
  afterAll(() => database.drop());

  test('arrives with every product and its fields', () => {
    expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [handle, [first = {}]] of expected)
      expect(stored.get(handle)).toMatchObject({
        title: first.Title,
        vendor: first.Vendor,
        type: first.Type,
        tags: (first.Tags ?? '')
          .split(',')
          .map((tag) => tag.trim())
          .filter(Boolean),
        status: first.Published === 'true' ? 'active' : 'draft',
      });
  });

  test('arrives with every variant, option, price, stock and policy', () => {
    for (const [handle, rows] of expected) {
      const names = [1, 2, 3].map((n) => rows[0]?.[`Option${n} Name`] ?? '');
      const variants = rows
        .filter((row) => row['Variant Price'] !== '')
        .map((row) => ({
          sku: row['Variant SKU'],
          options: Object.fromEntries(
            names
              .map((name, index) => [name, row[`Option${index + 1} Value`]])
              .filter(([name, value]) => name !== '' && value !== 'Default Title'),
          ),
          price: { amount: Math.round(Number(row['Variant Price']) * 100), currency: 'USD' },
          compareAtPrice: row['Variant Compare At Price']
            ? { amount: Math.round(Number(row['Variant Compare At Price']) * 100), currency: 'USD' }
            : null,
          available: Math.max(0, Number(row['Variant Inventory Qty'])),
          inventoryPolicy: row['Variant Inventory Policy'],
        }));
      expect(stored.get(handle)?.variants, handle).toMatchObject(variants);
      expect(stored.get(handle)?.variants).toHaveLength(variants.length);
    }
  });

  test('arrives with every image in its place', () => {
    for (const [handle, rows] of expected)
      expect(stored.get(handle)?.images, handle).toEqual(
        rows
          .filter((row) => row['Image Src'] !== '')
          .map((row) => ({ url: row['Image Src'], alt: row['Image Alt Text'] })),
      );
  });

  test('arrives with the words of its descriptions and nothing that runs', () => {
    const words = (html: string) =>
      html
        .replace(/<[^>]*>/g, '')
        .replaceAll('&amp;', '&')
        .replace(/&nbsp;|\s/g, '');
    for (const [handle, [first = {}]] of expected) {
      const description = stored.get(handle)?.description ?? '';
      expect(words(description), handle).toEqual(words(first['Body (HTML)'] ?? ''));
      expect(description).not.toMatch(/<(script|style|iframe|meta|img)|\son\w+=|javascript:/i);
    }
  });

  test('keeps its stock in the ledger', async () => {
    const rows = await database.db
      .selectFrom('stock_levels')
      .leftJoin('stock_movements', 'stock_movements.variant_id', 'stock_levels.variant_id')
      .select((eb) => [
        'stock_levels.variant_id',
        'on_hand',
        eb.fn.sum<number>('on_hand_delta').as('ledger'),
      ])
      .groupBy('stock_levels.variant_id')
      .execute();
    expect(rows.filter((row) => row.on_hand !== (row.ledger ?? 0))).toEqual([]);
  });

  test('is reported on by jobs, turn by turn, as to whoever waits', async () => {
    const { db, drop } = await createDatabase();
    try {
      const id = await begin(db, readFileSync(file, 'utf8'));
      const deps = { db, logger: createLogger('silent') };
      while ((await getImport(db, id)).state !== 'done') await takeTurn(deps, id, 100);
      expect((await getImport(db, id)).report).toEqual(waitedFor);
    } finally {
      await drop();
    }
  });

  test('changes nothing when imported again, nor when what was exported is', async () => {
    const state = async () => ({
      products: await database.db.selectFrom('products').selectAll().orderBy('id').execute(),
      variants: await database.db.selectFrom('variants').selectAll().orderBy('id').execute(),
      events: await database.db
        .selectFrom('outbox_events')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirst(),
      movements: await database.db
        .selectFrom('stock_movements')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirst(),
    });
    const before = await state();
    const again = await importProducts(database.db, createReadStream(file));
    expect(again.products).toEqual({
      created: 0,
      updated: 0,
      unchanged: expected.size,
      refused: 0,
    });
    const back = await importProducts(database.db, Readable.from(exportProducts(database.db)));
    expect(back.products).toEqual(again.products);
    expect([back.errors, back.warnings]).toEqual([[], []]);
    expect(await state()).toEqual(before);
  });
});
