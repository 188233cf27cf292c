import type { Db } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { closeParked, findEvent } from './webhooks.repository.ts';

/**
 * Closes a parked event, once an administrator knows what became of its money and says so.
 * @throws ShopError conflict when the event is not parked (any more).
 */
export async function closeParkedEvent(
  db: Db,
  id: string,
  closing: { reason: string; actorId: string },
): Promise<void> {
  if (await closeParked(db, id, closing)) return;
  const event = await findEvent(db, id);
  throw new ShopError('conflict', `Only a parked event is closed; this one is ${event?.state}.`);
}
