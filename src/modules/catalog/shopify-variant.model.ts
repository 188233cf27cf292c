import { decimalOf, MAX_AMOUNT, type Money, parseDecimal } from '../../shared/money.ts';
import { type InventoryPolicy, MAX_ON_HAND } from '../inventory/inventory.model.ts';
import type { VariantInput } from './catalog.model.ts';
import {
  type CsvField,
  type CsvHeader,
  type CsvRow,
  cellOf,
  NO_OPTION,
  optionFields,
} from './shopify-csv.model.ts';
import type { CellReader } from './shopify-product.model.ts';

const variantFields = [
  'sku',
  'price',
  'quantity',
  ...optionFields.map(([, value]) => value),
] as const;

/** Whether a row describes a variant; one that does not only adds an image. */
export function isVariantRow(header: CsvHeader, row: CsvRow): boolean {
  return variantFields.some((field) => (cellOf(header, row, field) ?? '') !== '');
}

/** The product's option names, one for each pair of columns; null where there is none. */
export function readOptionNames(
  first: CsvRow,
  variantRows: readonly CsvRow[],
  reader: CellReader,
): (string | null)[] {
  const names = optionFields.map(([nameField, valueField]) => {
    const name = reader.text(first, nameField, 100) || null;
    const values = variantRows.map((row) => reader.text(row, valueField, 255));
    const none = name === NO_OPTION.name && values.every((value) => value === NO_OPTION.value);
    return none ? null : name;
  });
  for (const [index, name] of names.entries()) {
    const field = optionFields[index]?.[0];
    if (field && name !== null && names.indexOf(name) < index)
      reader.problem(first, field, 'Another option has the same name.');
  }
  return names;
}

/** One variant; what the file has no column for is left out. */
export function readVariant(
  row: CsvRow,
  names: readonly (string | null)[],
  currency: string,
  reader: CellReader,
): VariantInput {
  const sku = reader.text(row, 'sku', 255);
  const price = readPrice(row, 'price', currency, reader);
  const compareAtPrice = readPrice(row, 'compareAtPrice', currency, reader);
  const inventoryPolicy = readPolicy(row, reader);
  const stock = readQuantity(row, inventoryPolicy, reader);
  const imageUrl = readUrl(row, 'variantImage', reader);
  return {
    options: readOptions(row, names, reader),
    ...(sku !== undefined && { sku }),
    ...(price && { price }),
    ...(compareAtPrice !== undefined && { compareAtPrice }),
    ...(stock !== undefined && { stock }),
    ...(inventoryPolicy !== undefined && { inventoryPolicy }),
    ...(imageUrl !== undefined && { imageUrl }),
  };
}

/** The address of an image; null where there is none. */
export function readUrl(
  row: CsvRow,
  field: CsvField,
  reader: CellReader,
): string | null | undefined {
  const text = reader.text(row, field, 2048);
  if (!text) return text === undefined ? undefined : null;
  // Old files leave the protocol out of their addresses.
  const url = text.startsWith('//') ? `https:${text}` : text;
  if (/^(https?:\/\/\S+|\/\S*)$/i.test(url)) return url;
  reader.problem(row, field, 'An image is named by its address, https://….');
  return null;
}

function readOptions(
  row: CsvRow,
  names: readonly (string | null)[],
  reader: CellReader,
): Record<string, string> {
  const entries: [string, string][] = [];
  for (const [index, [, field]] of optionFields.entries()) {
    const name = names[index] ?? null;
    const value = reader.text(row, field, 255) ?? '';
    if (name !== null && value === '')
      reader.problem(row, field, `The value of ${name} is missing.`);
    if (name !== null) entries.push([name, value]);
    else if (value !== '' && value !== NO_OPTION.value)
      reader.problem(row, field, 'The first row of the product gives this option no name.');
  }
  return Object.fromEntries(entries);
}

function readPrice(
  row: CsvRow,
  field: 'price' | 'compareAtPrice',
  currency: string,
  reader: CellReader,
): Money | null | undefined {
  const text = reader.text(row, field, 30);
  if (text === undefined) return undefined;
  if (text === '') {
    if (field === 'price') reader.problem(row, field, 'The price is missing.');
    return null;
  }
  const amount = parseDecimal(text, currency);
  if (amount !== null && amount <= MAX_AMOUNT) return { amount, currency };
  reader.problem(
    row,
    field,
    amount === null
      ? `"${text}" is not an amount in ${currency}, such as ${decimalOf({ amount: 1999, currency })}.`
      : 'This is too much.',
  );
  return null;
}

function readQuantity(
  row: CsvRow,
  policy: InventoryPolicy | undefined,
  reader: CellReader,
): number | undefined {
  const field: CsvField = 'quantity';
  const text = reader.text(row, field, 30);
  if (text === undefined) return undefined;
  if (text === '') return 0;
  if (!/^-?\d+(\.0+)?$/.test(text) || Math.abs(Number(text)) > MAX_ON_HAND) {
    reader.problem(row, field, `"${text}" is not a number of units.`);
    return 0;
  }
  // What is sold beyond its stock owes units.
  if (Number(text) >= 0 || policy === 'continue') return Number(text);
  reader.warning(row, field, `The quantity is ${text}: taken as 0.`);
  return 0;
}

function readPolicy(row: CsvRow, reader: CellReader): InventoryPolicy | undefined {
  const text = reader.text(row, 'policy', 20)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text === 'continue' || text === 'true') return 'continue';
  if (text !== '' && text !== 'deny' && text !== 'false')
    reader.problem(row, 'policy', 'The policy is deny or continue.');
  return 'deny';
}
