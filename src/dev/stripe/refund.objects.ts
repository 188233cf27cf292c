import type Stripe from 'stripe';
import { newId } from './ids.ts';

/** Builds a refund of a card charge that has gone through; the amount is in minor units. */
export function buildRefund(draft: {
  readonly charge: Stripe.Charge;
  readonly amount: number;
  readonly reason: Stripe.Refund.Reason | null;
  readonly metadata: Record<string, string>;
  readonly created: number;
}): Stripe.Refund {
  const { charge } = draft;
  return {
    id: newId('re_'),
    object: 'refund',
    amount: draft.amount,
    balance_transaction: null,
    charge: charge.id,
    created: draft.created,
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: destination(null),
    metadata: draft.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: draft.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
}

/** Where a refund goes: back to the card, with the bank's reference once it is known. */
export function destination(reference: string | null): Stripe.Refund.DestinationDetails {
  return {
    card: {
      ...(reference === null ? {} : { reference }),
      reference_status: reference === null ? 'pending' : 'available',
      reference_type: 'acquirer_reference_number',
      type: 'refund',
    },
    type: 'card',
  };
}
