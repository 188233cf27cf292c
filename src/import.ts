import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { runCommand, type Tools } from './command.ts';
import { environment } from './config/environment.ts';
import { prepareSchema } from './database/schema.ts';
import type { ImportReport } from './modules/catalog/import.model.ts';
import { importProducts } from './modules/catalog/import.service.ts';
import type { CsvNote } from './modules/catalog/shopify-csv.model.ts';

const files = process.argv.slice(2);

await runCommand(environment(), 1, (tools) => {
  const [file] = files;
  if (file === undefined || files.length > 1) throw new Error('Usage: npm run import -- FILE.csv');
  return importFile(file, tools);
});

async function importFile(file: string, { db, pool, say }: Tools): Promise<number> {
  await access(file);
  await prepareSchema(pool);
  const report = await importProducts(db, createReadStream(file), {
    onProgress: ({ done, total }) => {
      if (done % 100 === 0 || done === total) say(`${done} of ${total} products`);
    },
  });
  for (const line of summaryOf(report)) say(line);
  return report.errorCount > 0 ? 1 : 0;
}

function summaryOf(report: ImportReport): string[] {
  const { created, updated, unchanged, refused } = report.products;
  return [
    `Products: ${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused.`,
    `Taken: ${report.variants} variants and ${report.images} images from ${report.rows} rows.`,
    ...listOf('Refused', report.errorCount, report.errors),
    ...listOf('Taken with a change', report.warningCount, report.warnings),
  ];
}

function listOf(title: string, count: number, notes: readonly CsvNote[]): string[] {
  if (count === 0) return [];
  const lines = notes.map(
    ({ line, column, handle, reason }) =>
      `  line ${line}${column && `, ${column}`}${handle && ` (${handle})`}: ${reason}`,
  );
  const more = count - notes.length;
  return [`${title}:`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}
