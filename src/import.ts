import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { type Config, ConfigError, environment, loadConfig } from './config.ts';
import { createDb } from './database/database.ts';
import { createPool } from './database/pool.ts';
import { prepareSchema } from './database/schema.ts';
import type { ImportReport } from './modules/catalog/import.service.ts';
import { importProducts } from './modules/catalog/import.service.ts';
import type { CsvNote } from './modules/catalog/shopify-csv.model.ts';
import { createLogger } from './telemetry/logger.ts';

const [path, ...rest] = process.argv.slice(2);
if (path === undefined || rest.length > 0) {
  process.stderr.write('Usage: npm run import -- FILE.csv\n');
  process.exit(2);
}
try {
  await access(path);
  const report = await importFile(path, loadConfig(environment()));
  process.stdout.write(summaryOf(report));
  process.exitCode = report.errorCount > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

/** Imports into the database of DATABASE_URL, or into the data folder's own, whether the shop runs or not. */
async function importFile(file: string, config: Config): Promise<ImportReport> {
  const server = config.database.url === null ? await embeddedServer(config.dataDir) : null;
  const url = config.database.url ?? server?.url ?? '';
  const logger = createLogger(config.logLevel);
  const pool = createPool(url, { max: 2, logger, name: 'mainstay import' });
  try {
    await prepareSchema(pool);
    return await importProducts(createDb(pool), createReadStream(file), {
      onProgress: showProgress,
    });
  } finally {
    await pool.end();
    await server?.stop();
  }
}

async function embeddedServer(dataDir: string) {
  const { startEmbeddedPostgres } = await import('./dev/embedded-postgres/embedded-postgres.ts');
  return startEmbeddedPostgres({ dataDir, role: 'tool' });
}

/** One line that counts up on a terminal; every hundredth product elsewhere. */
function showProgress({ done, total }: { done: number; total: number }): void {
  const line = `${done} of ${total} products`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${done === total ? '\n' : ''}`);
  else if (done % 100 === 0 || done === total) process.stdout.write(`${line}\n`);
}

function summaryOf(report: ImportReport): string {
  const { created, updated, unchanged, refused } = report.products;
  return [
    `Products: ${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused.`,
    `Taken: ${report.variants} variants and ${report.images} images from ${report.rows} rows.`,
    ...listOf('Refused', report.errorCount, report.errors),
    ...listOf('Taken with a change', report.warningCount, report.warnings),
    '',
  ].join('\n');
}

function listOf(title: string, count: number, notes: readonly CsvNote[]): string[] {
  if (count === 0) return [];
  const lines = notes.map(
    ({ line, column, handle, reason }) =>
      `  line ${line}${column === '' ? '' : `, ${column}`}${handle === '' ? '' : ` (${handle})`}: ${reason}`,
  );
  const more = count - notes.length;
  return [`${title}:`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  return error instanceof Error ? `The import stopped: ${error.message}` : String(error);
}
