import type Stripe from 'stripe';
import type { Decline } from './cards.ts';
import { newId } from './ids.ts';
import type { CardPaymentMethod } from './payment-method.objects.ts';

/** Builds the charge of one attempt to pay, succeeded or declined, with every field of the real object. */
export function buildCharge(draft: {
  readonly intent: Stripe.PaymentIntent;
  readonly method: CardPaymentMethod;
  readonly decline: Decline | null;
  readonly authenticated: boolean;
  readonly publicBase: string;
  readonly created: number;
}): Stripe.Charge {
  const { intent, method, decline } = draft;
  const id = newId('ch_');
  const paid = decline === null;
  return {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: paid ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: intent.statement_descriptor ?? 'MAINSTAY TEST',
    captured: paid,
    created: draft.created,
    currency: intent.currency,
    customer: null,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(decline),
    paid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: {
      type: 'card',
      card: cardDetails(intent, method, draft.authenticated),
    },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: paid ? `${draft.publicBase}/receipts/${id}` : null,
    refunded: false,
    refunds: { object: 'list', data: [], has_more: false, url: `/v1/charges/${id}/refunds` },
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: paid ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  };
}

function outcomeOf(decline: Decline | null): Stripe.Charge.Outcome {
  return {
    advice_code: decline === null ? null : 'try_again_later',
    network_advice_code: null,
    network_decline_code: null,
    network_status: decline === null ? 'approved_by_network' : 'declined_by_network',
    reason: decline?.declineCode ?? null,
    risk_level: 'normal',
    risk_score: 20,
    seller_message:
      decline === null
        ? 'Payment complete.'
        : `The bank declined with the code ${decline.declineCode}.`,
    type: decline === null ? 'authorized' : 'issuer_declined',
  };
}

function cardDetails(
  intent: Stripe.PaymentIntent,
  { card }: CardPaymentMethod,
  authenticated: boolean,
): Stripe.Charge.PaymentMethodDetails.Card {
  return {
    amount_authorized: intent.amount,
    authorization_code: null,
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: authenticated ? '05' : null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    extended_authorization: { status: 'disabled' },
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: card.last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: newId('', 15),
    overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: authenticated ? challengePassed() : null,
    transaction_link_id: null,
    wallet: null,
  };
}

function challengePassed(): Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure {
  return {
    authentication_flow: 'challenge',
    electronic_commerce_indicator: '05',
    exemption_indicator: null,
    result: 'authenticated',
    result_reason: null,
    transaction_id: newId('', 28),
    version: '2.2.0',
  };
}
