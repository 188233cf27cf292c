import { type Db, inTransaction } from '../database/database.ts';
import type { Metrics } from '../telemetry/metrics.ts';
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

/**
 * Gives an event to every consumer that wants it; one's failure keeps it from no other.
 * @throws AggregateError once all were tried, where any failed; its message names them.
 */
export async function applyToAll(
  { db, metrics }: { db: Db; metrics: Metrics },
  consumers: readonly Consumer[],
  event: CloudEvent,
): Promise<void> {
  const failures: Error[] = [];
  for (const consumer of consumers.filter((one) => wants(one, event))) {
    const count = (outcome: string) =>
      metrics.inboxEvents.inc({ consumer: consumer.name, outcome });
    try {
      count(await applyOnce(db, consumer, event));
    } catch (cause) {
      count('failed');
      const reason = cause instanceof Error ? cause.message : String(cause);
      failures.push(new Error(`${consumer.name}: ${reason}`, { cause }));
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
}
