import type Stripe from 'stripe';
import type { StandInContext } from './context.ts';
import { planDeliveries } from './delivery-plan.ts';
import { newId } from './ids.ts';
import type { Transaction } from './store.ts';

/** The API version that events and answers follow: the installed SDK's, checked by its type. */
export const API_VERSION: typeof Stripe.API_VERSION = '2026-10-28.endive';

type EmittedType =
  | 'charge.failed'
  | 'charge.refund.updated'
  | 'charge.refunded'
  | 'charge.succeeded'
  | 'checkout.session.completed'
  | 'checkout.session.expired'
  | 'payment_intent.canceled'
  | 'payment_intent.created'
  | 'payment_intent.payment_failed'
  | 'payment_intent.requires_action'
  | 'payment_intent.succeeded'
  | 'refund.created'
  | 'refund.updated';

type ContentOf<E> = E extends Stripe.Event ? Pick<E, 'type' | 'data'> : never;

/** What an event says: its type with the object, as it was just then, that the type is about. */
type EventContent = ContentOf<Extract<Stripe.Event, { type: EmittedType }>>;

/** An event as the stand-in keeps it. */
export type StandInEvent = Omit<Stripe.EventBase, 'type' | 'data'> & EventContent;

/** Who caused an event: an API request, or nobody (`null`s) where the payment page or the clock did. */
export interface EventCause {
  readonly id: string | null;
  readonly idempotency_key: string | null;
}

export const NOBODY: EventCause = { id: null, idempotency_key: null };

/** Adds an event, and the webhooks that carry it, to a transaction. Order of calls is order of delivery. */
export function emit(
  context: StandInContext,
  tx: Transaction,
  content: EventContent,
  cause: EventCause = NOBODY,
): void {
  const event: StandInEvent = {
    id: newId('evt_'),
    object: 'event',
    api_version: API_VERSION,
    created: context.now(),
    livemode: false,
    pending_webhooks: 0,
    request: { ...cause },
    ...content,
  };
  tx.put('events', event.id, event);
  for (const delivery of planDeliveries(context, event))
    tx.put('deliveries', delivery.id, delivery);
}
