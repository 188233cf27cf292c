import { type Db, inTransaction } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import { closeParked, findEvent } from './webhooks.repository.ts';
import { applyEvent } from './webhooks.service.ts';

/**
 * Closes a parked event, once an administrator knows what became of its money and says so.
 * @throws ShopError conflict when the event is not parked (any more).
 */
export async function closeParkedEvent(
  db: Db,
  id: string,
  closing: { reason: string; actorId: string },
): Promise<void> {
  const closed = await inTransaction(db, async (tx) => {
    const parked = await closeParked(tx, id, closing);
    if (parked) await note(tx, { act: 'stripe_event.closed', subject: id, detail: {} });
    return parked;
  });
  if (closed) return;
  const event = await findEvent(db, id);
  throw new ShopError('conflict', `Only a parked event is closed; this one is ${event?.state}.`);
}

/** Applies a kept event once more because a person asks for it. @throws what applying it throws. */
export async function replayEvent(
  deps: Parameters<typeof applyEvent>[0],
  id: string,
): Promise<void> {
  await inTransaction(deps.db, (tx) =>
    note(tx, { act: 'stripe_event.replayed', subject: id, detail: {} }),
  );
  await applyEvent(deps, id);
}
