import type { Product, Variant } from '../catalog/catalog.model.ts';

/** The form field of a product's option, by its place. */
export const optionField = (index: number): string => `option-${index}`;

/** Whether at least one unit can be sold now. */
export function canBeBought({ available, inventoryPolicy }: Variant): boolean {
  return available > 0 || inventoryPolicy === 'continue';
}

export interface VariantChoice {
  /** A value for each of the product's options, by name. */
  readonly values: Readonly<Record<string, string>>;
  /** The variant that has them all; undefined where the product is not made so. */
  readonly variant: Variant | undefined;
}

/**
 * What a shopper has chosen: the variant named by `variant`, or that of the given option fields. What they left open
 * comes from the first variant that can be bought.
 */
export function chooseVariant(
  { variants, options }: Pick<Product, 'variants' | 'options'>,
  typed: Readonly<Record<string, string | undefined>>,
): VariantChoice {
  const start =
    variants.find(({ id }) => id === typed.variant) ?? variants.find(canBeBought) ?? variants[0];
  const values = Object.fromEntries(
    options.map(({ name, values: known }, index) => {
      const value = typed[optionField(index)];
      const chosen = value !== undefined && known.includes(value) ? value : start?.options[name];
      return [name, chosen ?? ''];
    }),
  );
  return { values, variant: variants.find((one) => hasAll(one, values)) };
}

/** What would come of choosing another value of one option and leaving the others: nothing to say, or why not. */
export function noteOfValue(
  { variants }: Pick<Product, 'variants'>,
  values: VariantChoice['values'],
  option: string,
  value: string,
): 'sold out' | 'not made' | undefined {
  const variant = variants.find((one) => hasAll(one, { ...values, [option]: value }));
  if (!variant) return 'not made';
  return canBeBought(variant) ? undefined : 'sold out';
}

function hasAll(variant: Variant, values: VariantChoice['values']): boolean {
  return Object.entries(values).every(([name, value]) => (variant.options[name] ?? '') === value);
}
