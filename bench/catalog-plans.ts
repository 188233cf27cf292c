import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Tables } from '../src/database/database.ts';
import { createPool } from '../src/database/pool.ts';
import { prepareSchema } from '../src/database/schema.ts';
import { loadCatalogue } from '../src/dev/fill/fill-catalogue.ts';
import { listProducts, searchProducts } from '../src/modules/catalog/catalog.service.ts';
import {
  type ProductFilter,
  type ProductSort,
  productSorts,
} from '../src/modules/catalog/product-list.repository.ts';
import { encodeCursor } from '../src/shared/pages.ts';
import { createLogger } from '../src/telemetry/logger.ts';

/**
 * Prints for every way to list and search products the plan that PostgreSQL takes and the time it needs, in a database
 * that has a catalogue or gets one of 100,000 products. Fails when one of them reads the whole product table.
 */
const url = process.argv[2];
if (url === undefined) throw new Error('node bench/catalog-plans.ts postgres://…/a_database');
const pool = createPool(url, {
  ...{ max: 2, logger: createLogger('silent') },
  statementTimeoutMs: 0,
});
await prepareSchema(pool);
const { rowCount } = await pool.query('SELECT FROM products LIMIT 1');
if (rowCount === 0) await loadCatalogue(pool, 100_000);

const queries: CompiledQuery[] = [];
const db = new Kysely<Tables>({
  dialect: new PostgresDialect({ pool }),
  log: ({ query }) => {
    queries.push(query);
  },
});

const lists: (Partial<ProductFilter> & { sort?: ProductSort })[] = [
  { sort: 'newest' },
  { sort: 'oldest' },
  { sort: 'price' },
  { sort: '-price' },
  { sort: 'title' },
  { category: 'category-7' },
  { category: 'category-7', sort: 'price' },
  { tag: 'tag77' },
  { tag: 'sale', sort: 'title' },
  { vendor: 'Mensuki' },
  { minPrice: 5000, maxPrice: 5100 },
  { inStock: true },
  { inStock: true, category: 'category-7', sort: 'price' },
  { status: 'draft' },
  { status: 'all', sort: 'title' },
];
let scans = 0;
for (const filter of lists) {
  const name = Object.entries(filter).flat().join(' ');
  for (const [page, cursor] of [
    ['first', undefined],
    ['deep', await deepCursor(filter.sort)],
  ] as const)
    await show(`list ${name}, ${page} page`, () =>
      listProducts(db, { status: 'active', ...filter }, { limit: 20, cursor }),
    );
}
for (const text of [
  'copper kettle',
  'kettle',
  'coper kettel',
  'kettel',
  'stoneware bowl 4711',
  'xylophone',
])
  await show(`search ${text}`, () => searchProducts(db, text, { limit: 20 }));
await db.destroy();
process.stdout.write(`\n${scans} plans read the whole product table.\n`);
process.exitCode = scans === 0 ? 0 : 1;

/** Runs a request twice, so that it is warm, and prints its time and the plans of what it asks of products. */
async function show(name: string, request: () => Promise<unknown>): Promise<void> {
  await request();
  queries.length = 0;
  const start = performance.now();
  await request();
  const milliseconds = (performance.now() - start).toFixed(1);
  process.stdout.write(
    `\n## ${name}: ${milliseconds} ms with its statements for variants, stock and categories\n`,
  );
  for (const query of queries.filter(({ sql }) =>
    /from "products"|newest_places|search_spellings/.test(sql),
  )) {
    const plan = await explain(pool, query);
    if (/Seq Scan on products\b/.test(plan)) scans += 1;
    process.stdout.write(`${plan}\n`);
  }
}

async function explain(on: pg.Pool, { sql, parameters }: CompiledQuery): Promise<string> {
  const { rows } = await on.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) ${sql}`,
    [...parameters],
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** A cursor in the middle of the catalogue. */
async function deepCursor(sort: ProductSort = 'newest'): Promise<string> {
  const { column, direction } = productSorts[sort];
  const row = await db
    .selectFrom('products')
    .select(['id', 'min_price', 'sort_title'])
    .$if(column !== null, (query) => query.orderBy(column ?? 'id', direction))
    .orderBy('id', direction)
    .offset(50_000)
    .limit(1)
    .executeTakeFirstOrThrow();
  return encodeCursor(column === null ? [row.id] : [row[column], row.id]);
}
