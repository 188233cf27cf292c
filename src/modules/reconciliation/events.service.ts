import type Stripe from 'stripe';
import { takeInEvent } from '../payments/heal.service.ts';
import { FOLLOWED_EVENTS, isFollowed } from '../payments/payments.model.ts';
import { unknownEvents } from './books.repository.ts';
import { type Look, readThrough } from './look.service.ts';

const DISPUTES = ['charge.dispute.created', 'charge.dispute.closed'] as const;

/** Takes in every event that the shop follows and was not told of, and notes whose payments are disputed. */
export function lookAtEvents(look: Look): Promise<boolean> {
  const types = [...FOLLOWED_EVENTS, ...DISPUTES];
  return readThrough(
    look,
    'events',
    (ask) => look.deps.records.events(types, ask),
    (events) => takeInUnknown(look, events),
  );
}

async function takeInUnknown(look: Look, events: readonly Stripe.Event[]): Promise<void> {
  const { deps, compared, healed, pointedTo } = look;
  compared.events += events.length;
  const disputed = events.map(disputedIntent).filter((intent) => intent !== null);
  for (const intent of disputed) pointedTo.add(intent);
  const followed = events.filter(({ type }) => isFollowed(type));
  const unknown = await unknownEvents(
    deps.db,
    followed.map(({ id }) => id),
  );
  // Oldest first, as their webhooks would have come.
  for (const event of followed.toReversed())
    if (unknown.has(event.id) && (await takeInEvent(deps, event))) {
      healed.events += 1;
      deps.logger.warn({ eventId: event.id, type: event.type }, 'took a lost webhook in');
    }
}

function disputedIntent(event: Stripe.Event): string | null {
  if (event.type !== 'charge.dispute.created' && event.type !== 'charge.dispute.closed')
    return null;
  const { payment_intent: intent } = event.data.object;
  return typeof intent === 'string' ? intent : (intent?.id ?? null);
}
