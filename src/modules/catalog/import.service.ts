import type { Readable } from 'node:stream';
import { type Db, inTransaction } from '../../database/database.ts';
import { note } from '../../trail/trail.ts';
import { addOutcome, type ImportReport, newReport, reportOfRefusal } from './import.model.ts';
import { importProduct } from './import-product.service.ts';
import { productsOf, withProductFile } from './product-file.service.ts';

export interface ImportProgress {
  readonly done: number;
  readonly total: number;
}

export interface ImportOptions {
  readonly actorId?: string | null;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/**
 * Imports a product file in Shopify's format, for a caller who waits. Each product is taken whole, in a transaction of
 * its own, or refused whole and reported; known ones, by handle, become what the file says. A file that is not CSV
 * changes nothing.
 */
export function importProducts(
  db: Db,
  stream: Readable,
  { actorId = null, onProgress }: ImportOptions = {},
): Promise<ImportReport> {
  return withProductFile(stream, {
    refused: reportOfRefusal,
    taken: async (path, survey) => {
      const { header, total } = survey;
      const report = newReport(survey.rows);
      const begun = { products: total };
      await inTransaction(db, (tx) =>
        note(tx, { act: 'catalogue.import_begun', subject: null, detail: begun }),
      );
      let done = 0;
      for await (const rows of productsOf(path, survey)) {
        const outcome = await importProduct({ header, rows }, actorId, (take) =>
          inTransaction(db, take),
        );
        addOutcome(report, outcome);
        done += 1;
        onProgress?.({ done, total });
      }
      await inTransaction(db, (tx) =>
        note(tx, { act: 'catalogue.imported', subject: null, detail: { ...report.products } }),
      );
      return report;
    },
  });
}
