import type { Generated, GeneratedAlways, JSONColumnType, Selectable } from 'kysely';
import type { Money } from '../../shared/money.ts';
import type { InventoryPolicy } from '../inventory/inventory.model.ts';

export interface CatalogTables {
  products: ProductTable;
  variants: VariantTable;
  categories: { id: string; slug: string; name: string };
  product_categories: { product_id: string; category_id: string };
  product_facets: { product_id: string; facet: string; min_price: number; sort_title: string };
  search_spellings: { word: string; stem: string };
  search_lexemes: { lexeme: string };
  product_search: {
    product_id: string;
    place: GeneratedAlways<number>;
    status: ProductStatus;
    names: string;
    texts: string;
  };
}

interface ProductTable {
  id: string;
  slug: string;
  title: string;
  description: string;
  status: ProductStatus;
  vendor: string;
  type: string;
  tags: string[];
  options: JSONColumnType<ProductOption[]>;
  images: JSONColumnType<ProductImage[]>;
  currency: string;
  min_price: number;
  sort_title: GeneratedAlways<string>;
  search: GeneratedAlways<string>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface VariantTable {
  id: string;
  product_id: string;
  position: number;
  sku: string;
  title: string;
  options: JSONColumnType<Record<string, string>>;
  option_key: string;
  price: number;
  compare_at_price: number | null;
  currency: string;
  image_url: string | null;
  archived_at: Date | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export type ProductRow = Omit<Selectable<ProductTable>, 'search'>;
export type VariantRow = Selectable<VariantTable>;
export type ProductStatus = 'draft' | 'active' | 'archived';

export interface ProductOption {
  readonly name: string;
  readonly values: string[];
}

export interface ProductImage {
  readonly url: string;
  readonly alt: string;
}

export interface Category {
  readonly slug: string;
  readonly name: string;
}

/** A product as everybody sees it: its variants on sale, with what is in stock now. */
export interface Product {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  /** Sanitised HTML. */
  readonly description: string;
  readonly status: ProductStatus;
  readonly vendor: string;
  readonly type: string;
  readonly tags: string[];
  readonly categories: Category[];
  readonly options: ProductOption[];
  /** The lowest of its variants. */
  readonly price: Money;
  readonly images: ProductImage[];
  readonly variants: Variant[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Variant {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly options: Record<string, string>;
  readonly price: Money;
  readonly compareAtPrice: Money | null;
  readonly available: number;
  readonly inventoryPolicy: InventoryPolicy;
}

/** A product as it is put in; on update what is left out stays as it is. */
export interface ProductInput {
  readonly title?: string;
  readonly slug?: string;
  readonly description?: string;
  readonly status?: ProductStatus;
  readonly vendor?: string;
  readonly type?: string;
  readonly tags?: readonly string[];
  /** Slugs or names; a category that is not there yet is made. */
  readonly categories?: readonly string[];
  readonly options?: readonly ProductOption[];
  /** Instead, where nothing is said of the order of values but by that of the variants. */
  readonly optionNames?: readonly string[];
  readonly images?: readonly { readonly url: string; readonly alt?: string }[];
  /** All of them: those left out are taken off sale. */
  readonly variants?: readonly VariantInput[];
  /** Instead, for a product that has one: what becomes of it. */
  readonly onlyVariant?: VariantInput;
}

/** Known by its id, else by its option values; a new one needs a price. */
export interface VariantInput {
  readonly id?: string;
  readonly sku?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly price?: Money;
  readonly compareAtPrice?: Money | null;
  /** Units on hand. */
  readonly stock?: number;
  /** Units on hand as whoever counted them saw it; left out: they are set whatever they are. */
  readonly stockSeen?: number;
  readonly inventoryPolicy?: InventoryPolicy;
  readonly imageUrl?: string | null;
}

/** A variant as carts and orders need it, whatever the state of its product. */
export interface VariantInCart {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly productId: string;
  readonly productSlug: string;
  readonly productTitle: string;
  readonly options: Readonly<Record<string, string>>;
  readonly price: Money;
  readonly image: ProductImage | null;
  readonly available: number;
  readonly inventoryPolicy: InventoryPolicy;
  /** Whether its product is active and the variant not taken off sale. */
  readonly forSale: boolean;
}

/** Title of the variant of a product without options. */
export const DEFAULT_VARIANT_TITLE = 'Default Title';

/** As many as Shopify allows, so that its files fit. */
export const MAX_VARIANTS = 2048;

/** What a product has at most, whichever way it comes in; its description in characters, HTML included. */
export const MAX_OF_PRODUCT = {
  description: 100_000,
  tags: 250,
  categories: 50,
  images: 250,
} as const;

/** Most different variants that are bought at once: Stripe's page takes no more lines. */
export const MAX_LINES = 100;

/** What a variant's option values come to, whatever their order. */
export function optionKey(options: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A variant's name from its option values, in the order of the product's options. */
export function variantTitle(
  options: Readonly<Record<string, string>>,
  order: readonly ProductOption[],
): string {
  const values = order.map(({ name }) => options[name]).filter((value) => value !== undefined);
  return values.length > 0 ? values.join(' / ') : DEFAULT_VARIANT_TITLE;
}

/** A product's options from those of its variants: known names and values in their order, new ones as they come. */
export function optionsOf(
  variants: readonly { readonly options: Readonly<Record<string, string>> }[],
  known: readonly ProductOption[] = [],
): ProductOption[] {
  const values = new Map(known.map(({ name }) => [name, new Set<string>()]));
  for (const { options } of variants)
    for (const [name, value] of Object.entries(options))
      values.set(name, (values.get(name) ?? new Set()).add(value));
  return [...values]
    .filter(([, used]) => used.size > 0)
    .map(([name, used]) => {
      const order = known.find((option) => option.name === name)?.values ?? [];
      return { name, values: [...new Set([...order.filter((value) => used.has(value)), ...used])] };
    });
}

/** Each picture once, as it is named first. */
export function imagesOnce(images: readonly ProductImage[]): ProductImage[] {
  const byUrl = new Map<string, ProductImage>();
  for (const image of images) if (!byUrl.has(image.url)) byUrl.set(image.url, image);
  return [...byUrl.values()];
}

/** A text as part of an address: `Chef’s knife, 20 cm` → `chefs-knife-20-cm`. May be empty. */
export function slugOf(text: string): string {
  return (
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/['’\p{M}]/gu, '')
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .slice(0, 120)
      // Cs: half of a letter, where the cut went through it.
      .replace(/^-+|[-\p{Cs}]+$/gu, '')
  );
}

/** Letters of any script without upper case, digits, hyphens and underscores. */
export const SLUG_PATTERN = '^[\\p{Ll}\\p{Lo}\\p{Lm}\\p{M}\\p{N}_-]+$';
export const MAX_SLUG_LENGTH = 200;

/** Whether a new product begins with units on hand, or a change of one says how many there are. */
export function countsUnits(
  variants: readonly VariantInput[] = [],
  { anew = false } = {},
): boolean {
  return variants.some(({ stock }) => stock !== undefined && (stock > 0 || !anew));
}
