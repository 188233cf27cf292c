import type Stripe from 'stripe';

/** One page of one of Stripe's lists, newest first. */
export interface RecordPage<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
}

/** Which page: of what was made within a time (both ends included, whole seconds), after a record of it. */
export interface PageAsk {
  readonly from: Date;
  readonly to: Date;
  /** The last record of the page before; null: the first page. */
  readonly after: string | null;
}

/** Stripe's own records, read to be compared with the shop's. */
export interface StripeRecords {
  /** Each list gives null where Stripe does not know the record to go on after (any more). */
  events(types: readonly string[], ask: PageAsk): Promise<RecordPage<Stripe.Event> | null>;
  /** With their latest charge. */
  intents(ask: PageAsk): Promise<RecordPage<Stripe.PaymentIntent> | null>;
  refunds(ask: PageAsk): Promise<RecordPage<Stripe.Refund> | null>;
  openSessions(ask: PageAsk): Promise<RecordPage<Stripe.Checkout.Session> | null>;
  /** With its latest charge; null where Stripe has none of this id. */
  intent(id: string): Promise<Stripe.PaymentIntent | null>;
  refund(id: string): Promise<Stripe.Refund | null>;
}
