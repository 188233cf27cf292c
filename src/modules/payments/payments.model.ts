import type { Generated } from 'kysely';
import type { Money } from '../../shared/money.ts';

export interface PaymentTables {
  checkout_sessions: CheckoutSessionTable;
  payments: PaymentTable;
  refunds: RefundTable;
  webhook_events: WebhookEventTable;
}

interface CheckoutSessionTable {
  id: string;
  order_id: string;
  status: 'creating' | 'open' | 'completed' | 'expired' | 'failed';
  amount: number;
  currency: string;
  email: string;
  stripe_session_id: string | null;
  url: string | null;
  expires_at: Date;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface PaymentTable {
  id: string;
  order_id: string;
  provider: PaymentProvider;
  provider_payment_id: string | null;
  status: PaymentStatus;
  settles_order: Generated<boolean>;
  amount: number;
  currency: string;
  refunded_amount: Generated<number>;
  failure_code: string | null;
  /** When a customer said that they will pay by other means; null for what was not announced. */
  announced_at: Date | null;
  cancelled_at: Date | null;
  /** How many attempts to pay it were declined. */
  declines: Generated<number>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface RefundTable {
  id: string;
  payment_id: string;
  order_id: string;
  status: RefundStatus;
  origin: 'admin' | 'automatic' | 'provider';
  amount: number;
  currency: string;
  reason: Generated<string>;
  provider_refund_id: string | null;
  /** Since when Stripe may know it by its key; null: it was not sent, or by an older version. */
  sent_at: Generated<Date | null>;
  failure: string | null;
  actor_id: string | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface WebhookEventTable {
  provider: string;
  event_id: string;
  type: string;
  payload: string;
  state: Generated<WebhookState>;
  note: string | null;
  attempts: Generated<number>;
  correlation_id: string | null;
  received_at: Generated<Date>;
  settled_at: Date | null;
  closed_by: Generated<string | null>;
  closed_at: Generated<Date | null>;
  closed_reason: Generated<string | null>;
}

export type PaymentProvider = 'stripe' | 'manual';
export type PaymentStatus = 'pending' | 'succeeded' | 'failed' | 'cancelled';
export type RefundStatus = 'pending' | 'succeeded' | 'failed';
/** Parked: money that does not match what we know, waiting for a person; closed: that person said what came of it. */
export type WebhookState = 'received' | 'applied' | 'ignored' | 'parked' | 'closed';

/** The events that the shop acts on: those its webhook endpoint at Stripe is told of. */
export const FOLLOWED_EVENTS = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'refund.created',
  'refund.updated',
  'refund.failed',
] as const;

export type FollowedEvent = (typeof FOLLOWED_EVENTS)[number];

/** What is said of events of all other types. */
export const UNFOLLOWED = 'no part of the shop follows this type';

/** What is said of a refund whose payment nothing told of yet, or which is not of this shop. */
export const UNKNOWN_PAYMENT = 'a refund of a payment that this shop does not know';

/** Whether the shop acts on events of a type. */
export function isFollowed(type: string): type is FollowedEvent {
  return FOLLOWED_EVENTS.includes(type as FollowedEvent);
}

export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly provider: PaymentProvider;
  /** The payment intent at Stripe; null for a manual payment. */
  readonly providerPaymentId: string | null;
  readonly status: PaymentStatus;
  readonly amount: Money;
  readonly refundedAmount: Money;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Refund {
  readonly id: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly status: RefundStatus;
  readonly amount: Money;
  readonly reason: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}
