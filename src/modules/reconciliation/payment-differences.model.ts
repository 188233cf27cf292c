import type Stripe from 'stripe';
import type { Finding } from './reconciliation.model.ts';

/** A payment of the shop, as far as Stripe has one to compare with. */
export interface OwnPayment {
  readonly paymentIntent: string;
  readonly orderId: string;
  readonly status: string;
  readonly amount: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** Sum of the refunds that went through, and of those with the ones under way. */
  readonly refunded: { readonly done: number; readonly asked: number };
  /** When the payment or one of its refunds last changed. */
  readonly changedAt: Date;
}

/** Captured money at Stripe. */
export interface CapturedIntent {
  readonly intent: Stripe.PaymentIntent;
  readonly charge: Stripe.Charge;
}

/** The intent with its charge where money was captured; null where none was. */
export function capturedOf(intent: Stripe.PaymentIntent): CapturedIntent | null {
  const { latest_charge: charge } = intent;
  if (intent.status !== 'succeeded' || charge === null || typeof charge === 'string') return null;
  return { intent, charge };
}

/** Whatever of a captured payment Stripe and the shop see differently. */
export function differencesOf({ intent, charge }: CapturedIntent, own: OwnPayment): Finding[] {
  const about = { subject: intent.id, orderId: own.orderId };
  const currency = intent.currency.toUpperCase();
  const findings: Finding[] = [];
  if (intent.amount_received !== own.amount || currency !== own.currency)
    findings.push({
      ...about,
      kind: 'payment_differs',
      detail: `Stripe captured ${intent.amount_received} ${currency}, the shop has ${own.amount} ${own.currency}`,
    });
  const { done, asked } = own.refunded;
  if (charge.amount_refunded < done || charge.amount_refunded > asked)
    findings.push({
      ...about,
      kind: 'refunded_differs',
      detail: `${charge.amount_refunded} ${currency} went back at Stripe, ${done} at the shop${asked > done ? ` and ${asked - done} under way` : ''}`,
    });
  if (charge.disputed)
    findings.push({
      ...about,
      kind: 'payment_disputed',
      detail: `the customer disputes ${charge.amount} ${currency} with their bank`,
    });
  return findings;
}

/** Money that the shop cannot take in; none where all of it went back. */
export function unknownMoney(
  { intent, charge }: CapturedIntent,
  because: string,
  orderId: string | null,
): Finding[] {
  const kept = intent.amount_received - charge.amount_refunded;
  if (kept <= 0) return [];
  const { amount_refunded: back } = charge;
  return [
    {
      kind: 'payment_unknown',
      subject: intent.id,
      detail: `${intent.amount_received} ${intent.currency.toUpperCase()} captured${back > 0 ? `, ${back} given back` : ''}: ${because}`,
      orderId,
    },
  ];
}

/** A payment that counts as captured here and not at Stripe. */
export function missingMoney(own: OwnPayment, intent: Stripe.PaymentIntent | null): Finding {
  return {
    kind: 'payment_missing',
    subject: own.paymentIntent,
    detail: `${own.amount} ${own.currency} captured by the shop’s books; ${
      intent === null ? 'Stripe knows no such payment' : `at Stripe it is ${intent.status}`
    }`,
    orderId: own.orderId,
  };
}
