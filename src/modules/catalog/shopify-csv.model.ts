/** What a column of a product file holds, whatever it is called. */
export type CsvField = keyof typeof columnNames;

/**
 * Shopify's column names, in lower case: first the ones its exports have had for years, then those of its current
 * template (help.shopify.com/en/manual/products/import-export/using-csv). `currency` is this shop's own.
 */
const columnNames = {
  handle: ['handle', 'url handle'],
  title: ['title'],
  description: ['body (html)', 'description', 'body html'],
  vendor: ['vendor'],
  category: ['product category', 'category'],
  type: ['type', 'product type', 'custom product type'],
  tags: ['tags'],
  published: ['published', 'published on online store'],
  status: ['status'],
  option1Name: ['option1 name'],
  option1Value: ['option1 value'],
  option2Name: ['option2 name'],
  option2Value: ['option2 value'],
  option3Name: ['option3 name'],
  option3Value: ['option3 value'],
  sku: ['variant sku', 'sku'],
  quantity: ['variant inventory qty', 'inventory quantity', 'variant inventory quantity'],
  policy: ['variant inventory policy', 'continue selling when out of stock', 'inventory policy'],
  price: ['variant price', 'price'],
  compareAtPrice: ['variant compare at price', 'compare-at price', 'compare at price'],
  imageUrl: ['image src', 'product image url'],
  imagePosition: ['image position'],
  imageAlt: ['image alt text'],
  variantImage: ['variant image', 'variant image url'],
  currency: ['currency'],
} as const;

/** The columns an export writes, by the names every importer of the format reads. */
export const exportColumns = {
  handle: 'Handle',
  title: 'Title',
  description: 'Body (HTML)',
  vendor: 'Vendor',
  category: 'Product Category',
  type: 'Type',
  tags: 'Tags',
  published: 'Published',
  option1Name: 'Option1 Name',
  option1Value: 'Option1 Value',
  option2Name: 'Option2 Name',
  option2Value: 'Option2 Value',
  option3Name: 'Option3 Name',
  option3Value: 'Option3 Value',
  sku: 'Variant SKU',
  quantity: 'Variant Inventory Qty',
  policy: 'Variant Inventory Policy',
  price: 'Variant Price',
  compareAtPrice: 'Variant Compare At Price',
  imageUrl: 'Image Src',
  imagePosition: 'Image Position',
  imageAlt: 'Image Alt Text',
  variantImage: 'Variant Image',
  status: 'Status',
  currency: 'Currency',
} as const satisfies Record<CsvField, string>;

export const optionFields = [
  ['option1Name', 'option1Value'],
  ['option2Name', 'option2Value'],
  ['option3Name', 'option3Value'],
] as const satisfies [CsvField, CsvField][];

/** Shopify's way to say that a product has no options. */
export const NO_OPTION = { name: 'Title', value: 'Default Title' } as const;

/** Where each field stands in a file, and what the file calls its columns. */
export interface CsvHeader {
  readonly names: readonly string[];
  readonly indexes: ReadonlyMap<CsvField, number>;
}

/** A record of the file and the line it begins on; the header is line 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Something in a file that could not be taken, or (a warning) not as it stands. */
export interface CsvNote {
  readonly line: number;
  /** As the file calls it; empty where the row as a whole is meant. */
  readonly column: string;
  readonly handle: string;
  readonly reason: string;
}

/** More than a spreadsheet has; each is looked at anew for each product that a job takes. */
const MAX_COLUMNS = 20_000;

/** Recognises a header; unknown columns are passed over. Returns the reason where it is not a product file's. */
export function readHeader(names: readonly string[]): CsvHeader | string {
  if (names.length > MAX_COLUMNS) return `A product file has at most ${MAX_COLUMNS} columns.`;
  const indexes = new Map<CsvField, number>();
  for (const [index, name] of names.entries()) {
    const field = fieldOf(name);
    if (field === undefined) continue;
    const earlier = indexes.get(field);
    if (earlier !== undefined) return `"${names[earlier]}" and "${name}" are the same column.`;
    indexes.set(field, index);
  }
  if (indexes.has('title')) return { names, indexes };
  return 'There is no Title column: this is not a product file, or its first line is not the header.';
}

function fieldOf(name: string): CsvField | undefined {
  const wanted = name.trim().toLowerCase();
  const fields = Object.keys(columnNames) as CsvField[];
  return fields.find((field) => (columnNames[field] as readonly string[]).includes(wanted));
}

/** The text of a cell, or undefined where the file has no such column. */
export function cellOf(header: CsvHeader, row: CsvRow, field: CsvField): string | undefined {
  const index = header.indexes.get(field);
  return index === undefined ? undefined : (row.cells[index] ?? '').trim();
}
