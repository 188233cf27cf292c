import type Stripe from 'stripe';
import type { ApiErrorBody } from './api-error.ts';
import type { StandInEvent } from './events.ts';
import type { SessionLineItem } from './line-item.objects.ts';

/** A Checkout session with what the API shows elsewhere or not at all. */
export interface Checkout {
  readonly session: Stripe.Checkout.Session;
  readonly lineItems: readonly SessionLineItem[];
  /** What its payment intent is given when the shopper first pays. */
  readonly intentData: {
    readonly metadata: Record<string, string>;
    readonly description: string | null;
    readonly receipt_email: string | null;
    readonly statement_descriptor: string | null;
    readonly statement_descriptor_suffix: string | null;
  };
}

/** One webhook still to be delivered. Times are in milliseconds. */
export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  /** Deliveries of one lane go one after another, so that one payment's events keep their order. */
  readonly lane: string;
  readonly attempts: number;
  readonly firstAt: number;
  readonly dueAt: number;
  /** Set by the `wrongAmount` fault: what the delivered event claims instead of the truth. */
  readonly claimedAmount: number | null;
  /** Set by the `reorder` fault: held for the window, then sent last first. */
  readonly reordered: boolean;
}

/** The answer that a repeated Idempotency-Key gets again. */
export interface KeptAnswer {
  readonly key: string;
  /** Method and path, then a hash of the parameters: a key belongs to one request. */
  readonly endpoint: string;
  readonly paramsHash: string;
  readonly requestId: string;
  readonly created: number;
  readonly status: number;
  readonly body: object | ApiErrorBody;
}

/** Everything the stand-in remembers: objects by id, in order of creation. */
export interface Tables {
  checkouts: Checkout;
  paymentIntents: Stripe.PaymentIntent;
  paymentMethods: Stripe.PaymentMethod;
  charges: Stripe.Charge;
  refunds: Stripe.Refund;
  balanceTransactions: Stripe.BalanceTransaction;
  events: StandInEvent;
  deliveries: Delivery;
  keptAnswers: KeptAnswer;
}

export type TableName = keyof Tables;

/** One change: the row's new value, or null where it is gone. */
export type Write = readonly [table: TableName, id: string, value: Tables[TableName] | null];
