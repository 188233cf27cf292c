import { DEFAULT_CURRENCY, decimalOf } from '../../shared/money.ts';
import type { Product, ProductStatus } from '../catalog/catalog.model.ts';
import type { InventoryPolicy } from '../inventory/inventory.model.ts';

/** The form of a product: texts as they are typed. */
export interface ProductForm {
  /** When the product was changed last, as the form was made; empty for a new one. */
  readonly seen: string;
  readonly title: string;
  readonly slug: string;
  readonly status: ProductStatus;
  /** HTML. */
  readonly description: string;
  readonly vendor: string;
  readonly type: string;
  /** Separated by commas. */
  readonly tags: string;
  /** Separated by semicolons. */
  readonly categories: string;
  /** One a line: the address, a space, and what it shows. */
  readonly images: string;
  readonly currency: string;
  /** Names of up to three options; empty ones are not used. */
  readonly options: readonly string[];
  readonly variants: readonly VariantForm[];
}

export interface VariantForm {
  /** Empty for a new one. */
  readonly id: string;
  /** One for each of the three options. */
  readonly values: readonly string[];
  readonly sku: string;
  /** Decimal text, like the price before it was reduced. */
  readonly price: string;
  readonly compareAt: string;
  /** Units on hand, and what the form said when it was opened: only a change is a change. */
  readonly stock: string;
  readonly stockBefore: string;
  readonly policy: InventoryPolicy;
  readonly remove: boolean;
}

export const OPTION_COUNT = 3;
const SPARE_ROWS = 3;

const blankVariant: VariantForm = {
  id: '',
  values: ['', '', ''],
  sku: '',
  price: '',
  compareAt: '',
  stock: '',
  stockBefore: '',
  policy: 'deny',
  remove: false,
};

/** The form of a product that does not exist yet. */
export const blankForm: ProductForm = {
  seen: '',
  title: '',
  slug: '',
  status: 'draft',
  description: '',
  vendor: '',
  type: '',
  tags: '',
  categories: '',
  images: '',
  currency: DEFAULT_CURRENCY,
  options: ['', '', ''],
  variants: [],
};

/** A product as its form shows it; `onHand` by variant id. */
export function formOf(product: Product, onHand: ReadonlyMap<string, number>): ProductForm {
  const names = product.options.map(({ name }) => name);
  return {
    ...product,
    seen: product.updatedAt,
    tags: product.tags.join(', '),
    categories: product.categories.map(({ name }) => name).join('; '),
    images: product.images
      .map(({ url, alt }) => `${url} ${alt}`.trim().replace(/\s+/g, ' '))
      .join('\n'),
    currency: product.price.currency,
    options: threeOf(names),
    variants: product.variants.map((variant) => {
      const stock = String(onHand.get(variant.id) ?? 0);
      return {
        id: variant.id,
        values: threeOf(names.map((name) => variant.options[name] ?? '')),
        sku: variant.sku,
        price: decimalOf(variant.price),
        compareAt: variant.compareAtPrice ? decimalOf(variant.compareAtPrice) : '',
        stock,
        stockBefore: stock,
        policy: variant.inventoryPolicy,
        remove: false,
      };
    }),
  };
}

/** What was sent. Rows left empty are dropped and those to be removed come last, so that the others count from 0. */
export function readForm(body: unknown): ProductForm {
  const text = (name: string) => textOf(body, name);
  const rows = Array.from({ length: rowCount(body) }, (_, index) => readVariant(body, index));
  const filled = rows.filter((row) => row.id !== '' || !isBlank(row));
  const status = text('status');
  return {
    seen: text('seen'),
    title: text('title').trim(),
    slug: text('slug').trim(),
    status: status === 'active' || status === 'archived' ? status : 'draft',
    // Browsers send their own ends of lines.
    description: text('description').replaceAll('\r\n', '\n'),
    vendor: text('vendor').trim(),
    type: text('type').trim(),
    tags: text('tags'),
    categories: text('categories'),
    images: text('images'),
    currency: text('currency').trim().toUpperCase(),
    options: [1, 2, 3].map((number) => text(`option${number}`).trim()),
    variants: [...filled.filter((row) => !row.remove), ...filled.filter((row) => row.remove)],
  };
}

/** A form's rows with empty ones below, to add variants in. */
export function rowsToShow({ variants }: ProductForm): VariantForm[] {
  return [...variants, ...Array.from({ length: SPARE_ROWS }, () => blankVariant)];
}

function readVariant(body: unknown, index: number): VariantForm {
  const text = (name: string) => textOf(body, `variants.${index}.${name}`).trim();
  return {
    id: text('id'),
    values: [1, 2, 3].map((number) => text(`option${number}`)),
    sku: text('sku'),
    price: text('price'),
    compareAt: text('compareAt'),
    stock: text('stock'),
    stockBefore: text('stockBefore'),
    policy: text('policy') === 'continue' ? 'continue' : 'deny',
    remove: text('remove') !== '',
  };
}

function isBlank({ values, sku, price, compareAt, stock }: VariantForm): boolean {
  return [...values, sku, price, compareAt, stock].every((text) => text === '');
}

function rowCount(body: unknown): number {
  let rows = 0;
  // More rows than a product has variants are read too: what is not read would be taken off sale.
  for (const name of Object.keys(body ?? {}))
    rows = Math.max(rows, Number(/^variants\.(\d{1,4})\./.exec(name)?.[1] ?? -1) + 1);
  return rows;
}

function textOf(body: unknown, name: string): string {
  const value = (body as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

function threeOf(texts: readonly string[]): string[] {
  return Array.from({ length: OPTION_COUNT }, (_, index) => texts[index] ?? '');
}
