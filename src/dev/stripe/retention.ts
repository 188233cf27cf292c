import type { StandInEvent } from './events.ts';
import type { Delivery, KeptAnswer } from './tables.ts';

/** Stripe forgets idempotency keys after a day. Source: docs.stripe.com/api/idempotent_requests. */
const KEPT_ANSWER_SECONDS = 24 * 3600;

/** Newest events kept across a restart, beside those not delivered yet. */
const KEPT_EVENTS = 5000;

/** Drops what nobody will ask for again: old idempotency keys, and all but the newest events. */
export function dropForgotten(
  rows: {
    readonly events: Map<string, StandInEvent>;
    readonly deliveries: ReadonlyMap<string, Delivery>;
    readonly keptAnswers: Map<string, KeptAnswer>;
  },
  now: number,
): void {
  for (const answer of rows.keptAnswers.values()) {
    if (answer.created < now - KEPT_ANSWER_SECONDS) rows.keptAnswers.delete(answer.key);
  }
  const pending = new Set([...rows.deliveries.values()].map((delivery) => delivery.eventId));
  for (const id of [...rows.events.keys()].slice(0, -KEPT_EVENTS)) {
    if (!pending.has(id)) rows.events.delete(id);
  }
}
