import { type Db, inSnapshot, type Tx } from '../../database/database.ts';
import { decimalOf } from '../../shared/money.ts';
import type { Category, ProductRow } from './catalog.model.ts';
import { findCategoriesOf, findVariants, type StockedVariantRow } from './catalog.repository.ts';
import { findProducts } from './product-list.repository.ts';
import { type CsvField, exportColumns, NO_OPTION, optionFields } from './shopify-csv.model.ts';

type Cells = Partial<Record<CsvField, string>>;

const fields = Object.keys(exportColumns) as CsvField[];
const BATCH = 100;

/** The whole catalogue in Shopify's product format, a batch at a time. Importing it again changes nothing. */
export async function* exportProducts(db: Db): AsyncGenerator<string> {
  const { stringify } = await import('csv-stringify/sync');
  yield stringify([fields.map((field) => exportColumns[field])]);
  let after: string[] | null = null;
  for (;;) {
    const { records, next }: Batch = await inSnapshot(db, (tx) => readBatch(tx, after));
    if (records.length > 0) yield stringify(records);
    if (next === null) return;
    after = [next];
  }
}

/** The lines of some products, and the id of the last where others follow. */
interface Batch {
  readonly records: string[][];
  readonly next: string | null;
}

/** In a snapshot, so that each product is as it was at one time: its variants' prices in its own currency. */
async function readBatch(tx: Tx, after: string[] | null): Promise<Batch> {
  const page = { limit: BATCH, after };
  const found = await findProducts(tx, { status: 'all' }, 'oldest', page);
  const rows = found.slice(0, BATCH);
  const next = found.length > BATCH ? (rows.at(-1)?.id ?? null) : null;
  return { records: rows.length > 0 ? await recordsOf(tx, rows) : [], next };
}

async function recordsOf(tx: Tx, rows: readonly ProductRow[]): Promise<string[][]> {
  const ids = rows.map(({ id }) => id);
  const variants = Map.groupBy(await findVariants(tx, ids), (variant) => variant.product_id);
  const categories = Map.groupBy(
    await findCategoriesOf(tx, ids),
    (category) => category.product_id,
  );
  return rows.flatMap((row) => {
    const onSale = (variants.get(row.id) ?? []).filter((variant) => variant.archived_at === null);
    return linesOf(row, onSale, categories.get(row.id) ?? []).map((cells) =>
      fields.map((field) => cells[field] ?? ''),
    );
  });
}

/** As many lines as there are variants or images, whichever are more; what belongs to the product is in the first. */
function linesOf(
  product: ProductRow,
  variants: readonly StockedVariantRow[],
  categories: readonly Category[],
): Cells[] {
  const count = Math.max(variants.length, product.images.length);
  return Array.from({ length: count }, (_, index) => {
    const variant = variants[index];
    const image = product.images[index];
    return {
      handle: product.slug,
      ...(index === 0 && productCells(product, categories)),
      ...(variant && variantCells(product, variant)),
      ...(image && { imageUrl: image.url, imagePosition: `${index + 1}`, imageAlt: image.alt }),
    };
  });
}

function productCells(product: ProductRow, categories: readonly Category[]): Cells {
  const names =
    product.options.length > 0 ? product.options.map(({ name }) => name) : [NO_OPTION.name];
  return {
    title: product.title,
    description: product.description,
    vendor: product.vendor,
    // Whoever reads the format takes `>` for a step of a path; a slug names a category as well.
    category: categories.map(({ slug, name }) => (name.includes('>') ? slug : name)).join('; '),
    type: product.type,
    tags: product.tags.join(', '),
    published: String(product.status === 'active'),
    status: product.status,
    currency: product.currency,
    ...Object.fromEntries(optionFields.map(([field], index) => [field, names[index] ?? ''])),
  };
}

function variantCells({ options }: ProductRow, variant: StockedVariantRow): Cells {
  const { currency } = variant;
  const was = variant.compare_at_price;
  const values =
    options.length > 0 ? options.map(({ name }) => variant.options[name]) : [NO_OPTION.value];
  return {
    sku: variant.sku,
    quantity: String(variant.on_hand),
    policy: variant.policy,
    price: decimalOf({ amount: variant.price, currency }),
    compareAtPrice: was === null ? '' : decimalOf({ amount: was, currency }),
    variantImage: variant.image_url ?? '',
    ...Object.fromEntries(optionFields.map(([, field], index) => [field, values[index] ?? ''])),
  };
}
