import type Stripe from 'stripe';
import { newId } from './ids.ts';

/** A price as it travels in JSON, where the SDK's decimals are texts. */
type JsonPrice = Omit<Stripe.Price, 'unit_amount_decimal'> & { unit_amount_decimal: string };

/** A line of a Checkout session as it travels in JSON. */
export type SessionLineItem = Omit<Stripe.LineItem, 'price'> & { price: JsonPrice };

/** A line to be sold: amount in minor units for each piece. */
export interface LineItemDraft {
  readonly name: string;
  readonly productId: string;
  readonly currency: string;
  readonly unitAmount: number;
  readonly quantity: number;
  readonly taxBehavior: Stripe.Price.TaxBehavior;
  readonly metadata: Record<string, string>;
}

/** Builds a session's line with its one-time price. */
export function buildLineItem(draft: LineItemDraft, created: number): SessionLineItem {
  const total = draft.unitAmount * draft.quantity;
  return {
    id: newId('li_'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: total,
    amount_tax: 0,
    amount_total: total,
    currency: draft.currency,
    description: draft.name,
    metadata: draft.metadata,
    price: {
      id: newId('price_'),
      object: 'price',
      active: false,
      billing_scheme: 'per_unit',
      created,
      currency: draft.currency,
      custom_unit_amount: null,
      livemode: false,
      lookup_key: null,
      metadata: {},
      nickname: null,
      product: draft.productId,
      recurring: null,
      tax_behavior: draft.taxBehavior,
      tiers_mode: null,
      transform_quantity: null,
      type: 'one_time',
      unit_amount: draft.unitAmount,
      unit_amount_decimal: String(draft.unitAmount),
    },
    quantity: draft.quantity,
  };
}
