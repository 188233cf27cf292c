import type { Tx } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { type Outcome, refused } from './import.model.ts';
import { handleOf, type ProductRows } from './product-file.service.ts';
import type { CsvHeader, CsvRow } from './shopify-csv.model.ts';
import { type CsvProduct, readProduct } from './shopify-product.model.ts';
import { lockProduct } from './write-product.repository.ts';
import { addProduct, changeProduct } from './write-product.service.ts';

/** A product as a file has it. */
export interface FiledProduct {
  readonly header: CsvHeader;
  readonly rows: ProductRows;
}

/**
 * Takes a product of a file whole, or refuses it whole and says why.
 * @param within runs what it is given in a transaction, with whatever belongs into it; for a refusal in another one.
 */
export async function importProduct<T>(
  { header, rows }: FiledProduct,
  actorId: string | null,
  within: (take: (tx: Tx) => Promise<Outcome>) => Promise<T>,
): Promise<T> {
  const handle = handleOf(header, rows[0]);
  const product = readProduct(header, handle, rows);
  if (product.problems.length > 0) return within(async () => refused(product.problems));
  try {
    return await within((tx) => takeProduct(tx, handle, product, actorId));
  } catch (error) {
    if (!(error instanceof ShopError)) throw error;
    const line = lineOf(error, product.variantRows);
    return within(async () => refused([{ line, column: '', handle, reason: reasonOf(error) }]));
  }
}

async function takeProduct(
  tx: Tx,
  handle: string,
  { input, warnings }: CsvProduct,
  actorId: string | null,
): Promise<Outcome> {
  const taken = {
    variants: input.variants.length,
    images: input.images?.length ?? 0,
    errors: [],
    warnings,
  };
  const known = await lockProduct(tx, { slug: handle });
  if (known) {
    const changed = await changeProduct(tx, known, input, actorId);
    return { product: changed.length > 0 ? 'updated' : 'unchanged', ...taken };
  }
  await addProduct(tx, input, actorId);
  return { product: 'created', ...taken };
}

/** The row of the variant that a refusal speaks of, else the product's first. */
function lineOf(error: ShopError, variantRows: readonly CsvRow[]): number {
  const index = /^variants\.(\d+)/.exec(error.errors?.[0]?.path ?? '')?.[1] ?? 0;
  return variantRows[Number(index)]?.line ?? 1;
}

function reasonOf(error: ShopError): string {
  return error.errors?.[0]?.message ?? error.message;
}
