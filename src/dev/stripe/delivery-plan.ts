import type { StandInContext } from './context.ts';
import type { StandInEvent } from './events.ts';
import type { Delivery } from './tables.ts';

/**
 * The webhooks that carry a new event: one, unless there is no endpoint or a fault is switched on.
 * What a fault decides is settled here, so that retries and a restart keep to it.
 */
export function planDeliveries(
  { faults, sender }: Pick<StandInContext, 'faults' | 'sender'>,
  event: StandInEvent,
): Delivery[] {
  if (!sender.hasEndpoint()) return [];
  if (faults.strike('drop', event.type)) return [];
  const now = Date.now();
  const first: Delivery = {
    id: event.id,
    eventId: event.id,
    lane: laneOf(event),
    attempts: 0,
    firstAt: now,
    dueAt: now + Number(faults.strike('delayMs', event.type)?.value ?? 0),
    claimedAmount: claimedAmount(faults, event),
    reordered: faults.strike('reorder', event.type) !== null,
  };
  const extra = Number(faults.strike('duplicate', event.type)?.value ?? 0);
  // Each duplicate has a lane of its own, so that it races with the first.
  const duplicates = Array.from({ length: extra }, (_, index) => ({
    ...first,
    id: `${first.id}#${index + 1}`,
    lane: `${first.lane}#${index + 1}`,
  }));
  return [first, ...duplicates];
}

// One payment's events share a lane: they all name its payment intent, or it is their object.
function laneOf({ data: { object } }: StandInEvent): string {
  if (object.object === 'payment_intent') return object.id;
  const intent = object.payment_intent;
  return typeof intent === 'string' ? intent : object.id;
}

function claimedAmount(faults: StandInContext['faults'], event: StandInEvent): number | null {
  if (event.type !== 'checkout.session.completed') return null;
  const fault = faults.strike('wrongAmount', event.type);
  if (fault === null) return null;
  const truth = event.data.object.amount_total ?? 0;
  return typeof fault.value === 'number' ? fault.value : Math.max(0, truth - 1);
}
