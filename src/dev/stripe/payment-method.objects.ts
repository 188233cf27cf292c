import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { TestCard } from './cards.ts';
import { newId } from './ids.ts';

/** Who holds the card and until when it is good; never its number or security code. */
export interface Payer {
  readonly name: string | null;
  readonly email: string | null;
  readonly expMonth: number;
  readonly expYear: number;
}

/** A card payment method: the card is always there. */
export type CardPaymentMethod = Stripe.PaymentMethod & { card: Stripe.PaymentMethod.Card };

/** Builds the payment method of a test card: brand and last four digits, never the number. */
export function buildPaymentMethod(
  card: TestCard,
  payer: Payer,
  created: number,
): CardPaymentMethod {
  return {
    id: newId('pm_'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: billingDetails(payer),
    card: {
      brand: card.brand,
      checks: {
        address_line1_check: null,
        address_postal_code_check: null,
        cvc_check: card.decline?.code === 'incorrect_cvc' ? 'fail' : 'pass',
      },
      country: card.country,
      display_brand: card.brand === 'amex' ? 'american_express' : card.brand,
      exp_month: payer.expMonth,
      exp_year: payer.expYear,
      fingerprint: createHash('sha256').update(card.key).digest('base64url').slice(0, 16),
      funding: 'credit',
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
}

function billingDetails(payer: Payer): Stripe.PaymentMethod.BillingDetails {
  return {
    address: {
      city: null,
      country: null,
      line1: null,
      line2: null,
      postal_code: null,
      state: null,
    },
    email: payer.email,
    name: payer.name,
    phone: null,
    tax_id: null,
  };
}
