import { isDeepStrictEqual } from 'node:util';
import { invalid } from '../../shared/errors.ts';
import { isCurrency, type Money } from '../../shared/money.ts';
import type { StockTarget } from '../inventory/stock-changes.service.ts';
import {
  optionKey,
  optionsOf,
  type ProductImage,
  type ProductInput,
  type ProductOption,
  type VariantInput,
  type VariantRow,
  variantTitle,
} from './catalog.model.ts';

/** A variant as it is to be written. */
export type VariantDraft = Omit<VariantRow, 'created_at' | 'updated_at' | 'product_id'>;

/** A product's variants as they are to be, in order, with what follows from them. */
export interface VariantPlan {
  readonly variants: readonly VariantDraft[];
  readonly options: readonly ProductOption[];
  readonly currency: string;
  readonly minPrice: number;
  /** Stock for each of the variants. */
  readonly stock: readonly StockTarget[];
}

/** What the product is now: nothing, for a new one. */
export interface Standing {
  readonly variants: readonly VariantRow[];
  readonly options: readonly ProductOption[];
  readonly images: readonly ProductImage[];
}

/**
 * Works out a product's variants from what it has and what is given: matched by id, else by option values, else new.
 * @throws ShopError validation_failed for an unknown id, a new variant without a price, two alike, options that do
 * not fit or are too long, a second currency, or fields of the only one where there are several.
 */
export function planVariants(
  standing: Standing,
  {
    variants: given,
    onlyVariant,
    options,
    optionNames,
    images = standing.images,
  }: Pick<ProductInput, 'variants' | 'onlyVariant' | 'options' | 'optionNames' | 'images'>,
  newId: () => string,
): VariantPlan {
  const live = standing.variants.filter((variant) => variant.archived_at === null);
  if (onlyVariant && live.length > 1)
    throw invalid('variants', 'This product has several variants: change them in `variants`.');
  const inputs: readonly VariantInput[] = given ?? live.map(({ id }) => ({ id, ...onlyVariant }));
  const matched = match(standing.variants, inputs);
  const drafts = inputs.map((input, index) => draft(input, matched[index], index, newId));
  const [first] = drafts;
  if (!first) throw invalid('variants', 'A product has at least one variant.');
  const asked = options ?? optionNames?.map((name) => orderedOption(name, drafts, live, standing));
  assertAlike(drafts, asked);

  const order = optionsOf(drafts, asked ?? standing.options);
  const pictures = new Set(images.map(({ url }) => url));
  return {
    variants: drafts.map((variant) => ({
      ...variant,
      title: variantTitle(variant.options, order),
      // One of the product's own: an export would bring back a picture that was taken off.
      image_url: pictures.has(variant.image_url ?? '') ? variant.image_url : null,
    })),
    options: order,
    currency: first.currency,
    minPrice: Math.min(...drafts.map(({ price }) => price)),
    stock: inputs.flatMap((input, index) => {
      const variantId = drafts[index]?.id;
      const { stock: onHand, stockSeen: seen, inventoryPolicy: policy } = input;
      return variantId === undefined ? [] : [{ variantId, onHand, seen, policy }];
    }),
  };
}

/** An option whose values come as in the variants; those known stay in their order where variants bring them as before. */
function orderedOption(
  name: string,
  drafts: readonly VariantDraft[],
  live: readonly VariantRow[],
  { options }: Standing,
): ProductOption {
  const known = options.find((option) => option.name === name)?.values ?? [];
  const values = valuesOf(name, drafts);
  const before = valuesOf(name, live).filter((value) => values.includes(value));
  const still = values.filter((value) => before.includes(value));
  return { name, values: isDeepStrictEqual(still, before) ? [...known, ...values] : values };
}

function valuesOf(name: string, variants: readonly Pick<VariantRow, 'options'>[]): string[] {
  return [...new Set(variants.flatMap(({ options }) => options[name] ?? []))];
}

function match(
  known: readonly VariantRow[],
  inputs: readonly VariantInput[],
): (VariantRow | undefined)[] {
  const taken = new Set<string>();
  const take = (variant: VariantRow | undefined, path: string): VariantRow | undefined => {
    if (variant && taken.has(variant.id)) throw invalid(path, 'This variant is given twice.');
    if (variant) taken.add(variant.id);
    return variant;
  };
  const byId = inputs.map(({ id }, index) => {
    if (id === undefined) return undefined;
    const found = known.find((variant) => variant.id === id.toLowerCase());
    if (!found) throw invalid(`variants.${index}.id`, 'This product has no such variant.');
    return take(found, `variants.${index}.id`);
  });
  return inputs.map(({ id, options = {} }, index) => {
    if (id !== undefined) return byId[index];
    const key = optionKey(options);
    const found = known.find((variant) => variant.option_key === key && !taken.has(variant.id));
    return take(found, `variants.${index}`);
  });
}

function draft(
  input: VariantInput,
  now: VariantRow | undefined,
  position: number,
  newId: () => string,
): VariantDraft {
  const path = `variants.${position}`;
  const options = input.options ?? now?.options ?? {};
  const price = input.price ?? (now && { amount: now.price, currency: now.currency });
  if (!price) throw invalid(`${path}.price`, 'A new variant needs a price.');
  if (!isCurrency(price.currency))
    throw invalid(`${path}.price.currency`, `${price.currency} is not a currency.`);
  return {
    id: now?.id ?? newId(),
    position,
    sku: input.sku?.trim() ?? now?.sku ?? '',
    title: '',
    options,
    option_key: optionKey(options),
    price: price.amount,
    compare_at_price: compareAt(input.compareAtPrice, now, price.currency, path),
    currency: price.currency,
    image_url: input.imageUrl === undefined ? (now?.image_url ?? null) : input.imageUrl,
    archived_at: null,
  };
}

function compareAt(
  given: Money | null | undefined,
  now: VariantRow | undefined,
  currency: string,
  path: string,
): number | null {
  if (given === undefined) return now?.compare_at_price ?? null;
  if (given === null) return null;
  if (given.currency !== currency)
    throw invalid(`${path}.compareAtPrice.currency`, 'It differs from the currency of the price.');
  return given.amount;
}

/** What an entry of the index that tells variants apart has room for. */
const MAX_OPTION_KEY_BYTES = 2600;

/** All variants speak of the same options, in one currency, and no two are alike. */
function assertAlike(
  drafts: readonly VariantDraft[],
  options: readonly ProductOption[] | undefined,
): void {
  const expected = (
    options?.map(({ name }) => name) ?? Object.keys(drafts[0]?.options ?? {})
  ).sort();
  const seen = new Set<string>();
  for (const [index, { options: chosen, option_key, currency }] of drafts.entries()) {
    const path = `variants.${index}`;
    if (currency !== drafts[0]?.currency)
      throw invalid(`${path}.price.currency`, 'All variants of a product are in one currency.');
    if (Object.keys(chosen).sort().join('\n') !== expected.join('\n'))
      throw invalid(
        `${path}.options`,
        `Give a value for each of: ${expected.join(', ') || 'none'}.`,
      );
    for (const { name, values } of options ?? [])
      if (!values.includes(chosen[name] ?? ''))
        throw invalid(`${path}.options.${name}`, 'This value is not among those of the option.');
    if (Buffer.byteLength(option_key) > MAX_OPTION_KEY_BYTES)
      throw invalid(`${path}.options`, 'Together these names and values are too long.');
    if (seen.has(option_key))
      throw invalid(`${path}.options`, 'Another variant has the same option values.');
    seen.add(option_key);
  }
}
