import { Readable } from 'node:stream';
import { sql } from 'kysely';
import type { Db } from '../../src/database/database.ts';
import { beginImport } from '../../src/modules/catalog/import-job.service.ts';

const HEADER = 'Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price';

/** A file of so many products with three units each. */
export function fileOf(products: number, name = 'board'): string {
  const rows = Array.from(
    { length: products },
    (_, index) => `${name}-${index + 1},Board ${index + 1},${name}-${index + 1},3,19.50`,
  );
  return [HEADER, ...rows, ''].join('\n');
}

/** Has jobs import a file; returns the import's id. */
export async function begin(db: Db, file: string): Promise<string> {
  const begun = await beginImport(db, Readable.from([file]), 'boards.csv');
  if ('refused' in begun) throw new Error(begun.refused.errors[0]?.reason);
  return begun.importId;
}

/** How often the stock of each product was opened, by slug. */
export async function timesTaken(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<{ slug: string; times: number }>`
    SELECT slug, count(*) AS times
    FROM products JOIN variants ON product_id = products.id
      JOIN stock_movements ON variant_id = variants.id
    GROUP BY slug ORDER BY slug`.execute(db);
  return Object.fromEntries(rows.map(({ slug, times }) => [slug, times]));
}

/** What `timesTaken` says where each of so many products was taken once. */
export function onceEach(products: number, name = 'board'): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: products }, (_, index) => [`${name}-${index + 1}`, 1]),
  );
}

/** The acts of imports in the trail, in their order. */
export async function importActs(db: Db) {
  return db
    .selectFrom('trail')
    .select(['act', 'actor_kind', 'actor_id', 'detail'])
    .where('act', 'in', ['catalogue.import_begun', 'catalogue.imported'])
    .orderBy('position')
    .execute();
}
