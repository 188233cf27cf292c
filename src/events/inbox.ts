import { type Db, inTransaction } from '../database/database.ts';
import type { CloudEvent, Consumer } from './consumer.ts';

/** Whether a consumer wants an event. */
export function wants({ types }: Consumer, { type }: CloudEvent): boolean {
  return types?.includes(type) ?? true;
}

/**
 * Applies an event for a consumer in one transaction with the note that it was; one that was applied before changes
 * nothing. So however often it is delivered, its effect happens once.
 */
export async function applyOnce(
  db: Db,
  consumer: Consumer,
  event: CloudEvent,
): Promise<'applied' | 'duplicate'> {
  return inTransaction(db, async (tx) => {
    const noted = await tx
      .insertInto('inbox_events')
      .values({
        consumer: consumer.name,
        event_id: event.id,
        stream_id: event.partitionkey,
        sequence: Number(event.sequence),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (noted.numInsertedOrUpdatedRows === 0n) return 'duplicate';
    await consumer.apply(tx, event);
    return 'applied';
  });
}
