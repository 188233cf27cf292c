import { type Static, Type } from 'typebox';
import { CsrfField, IdSchema } from '../../http/schemas.ts';
import type { Money } from '../../shared/money.ts';
import type { CartLine } from '../cart/cart.service.ts';
import type { Address } from '../orders/orders.model.ts';
import { AddressSchema, EmailSchema } from '../orders/orders.schemas.ts';

const ITEM = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[1-9]\\d{0,2}';

/**
 * The checkout form. `key` names the order that its cart becomes; `items` and `total` are what the shopper saw on it.
 * A page of the version before has no `total`.
 */
export const CheckoutForm = Type.Object({
  ...CsrfField,
  key: IdSchema,
  items: Type.String({ maxLength: 20_000, pattern: `^${ITEM}(,${ITEM})*$` }),
  total: Type.Optional(Type.String({ pattern: '^\\d{1,15} [A-Z]{3}$' })),
  email: EmailSchema,
  ...AddressSchema.properties,
});
export type CheckoutForm = Static<typeof CheckoutForm>;

export const checkoutMessages = {
  email: 'Type an e-mail address such as ada@example.org.',
  name: 'Type the name of whoever receives the parcel.',
  line1: 'Type the street and number.',
  line2: 'Use a shorter second line.',
  city: 'Type the town or city.',
  region: 'Use a shorter name of the state or region.',
  postalCode: 'Type the postal code, at most 20 characters.',
  country: 'Choose a country.',
  phone: 'Type a shorter phone number.',
} as const;

export const checkoutFields = Object.keys(
  checkoutMessages,
) as readonly (keyof typeof checkoutMessages)[];

/** What the checkout form shows in its fields. */
export type CheckoutValues = Readonly<Partial<Record<keyof typeof checkoutMessages, string>>>;

/** Cart lines as they stand in the form: `variant:quantity`, with commas between. */
export function itemsText(lines: readonly Pick<CartLine, 'variantId' | 'quantity'>[]): string {
  return lines.map(({ variantId, quantity }) => `${variantId}:${quantity}`).join(',');
}

/** The items that a valid form carries. */
export function itemsOf({ items }: CheckoutForm): { variantId: string; quantity: number }[] {
  return items.split(',').map((item) => {
    const [variantId = '', quantity] = item.split(':');
    return { variantId, quantity: Number(quantity) };
  });
}

/** The total as it stands in the form: `1999 USD`. */
export function totalText({ amount, currency }: Money): string {
  return `${amount} ${currency}`;
}

/** The total that a valid form carries. */
export function totalOf({ total }: CheckoutForm): Money | undefined {
  const [amount, currency] = total?.split(' ') ?? [];
  return currency === undefined ? undefined : { amount: Number(amount), currency };
}

/** The address that a valid form carries, without spaces around and without what was left empty. */
export function addressOf(form: CheckoutForm): Address {
  const { name, line1, city, postalCode, country } = form;
  const optional = { line2: form.line2, region: form.region, phone: form.phone };
  return {
    name: name.trim(),
    line1: line1.trim(),
    city: city.trim(),
    postalCode: postalCode.trim(),
    country,
    ...Object.fromEntries(
      Object.entries(optional)
        .map(([key, value]) => [key, value?.trim()])
        .filter(([, value]) => value),
    ),
  };
}
