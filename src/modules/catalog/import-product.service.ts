import type { Tx } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import type { ProductRow } from './catalog.model.ts';
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
  const known =
    (await lockProduct(tx, { slug: handle })) ?? (await addUnlessMade(tx, handle, input, actorId));
  if (!known) return { product: 'created', ...taken };
  const changed = await changeProduct(tx, known, input, actorId);
  return { product: changed.length > 0 ? 'updated' : 'unchanged', ...taken };
}

/** Adds a product; where somebody else did meanwhile, such as another import of the same file, that one, locked. */
async function addUnlessMade(
  tx: Tx,
  handle: string,
  input: CsvProduct['input'],
  actorId: string | null,
): Promise<ProductRow | undefined> {
  try {
    await addProduct(tx, input, actorId);
    return undefined;
  } catch (error) {
    if (!(error instanceof ShopError && error.code === 'conflict')) throw error;
    const made = await lockProduct(tx, { slug: handle });
    if (!made) throw error;
    return made;
  }
}

/** The row of the variant that a refusal speaks of, else the product's first. */
function lineOf(error: ShopError, variantRows: readonly CsvRow[]): number {
  const index = /^variants\.(\d+)/.exec(error.errors?.[0]?.path ?? '')?.[1] ?? 0;
  return variantRows[Number(index)]?.line ?? 1;
}

function reasonOf(error: ShopError): string {
  return error.errors?.[0]?.message ?? error.message;
}
