import { sql } from 'kysely';
import { bigints, uuids } from '../database/arrays.ts';
import { type Db, inTransaction, type Tx } from '../database/database.ts';
import { kept } from '../database/kept-plans.ts';
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
    const [fresh] = await noteApplied(tx, consumer, [event]);
    if (fresh === undefined) return 'duplicate';
    await consumer.apply(tx, fresh);
    return 'applied';
  });
}

/** Notes events as applied, in their order; returns those that were not yet. */
async function noteApplied(
  tx: Tx,
  { name }: Consumer,
  events: readonly CloudEvent[],
): Promise<CloudEvent[]> {
  const { rows } = await sql<{ event_id: string }>`${kept}
    INSERT INTO inbox_events (consumer, event_id, stream_id, sequence)
    SELECT ${name}, event_id, stream_id, sequence FROM unnest(
      ${uuids(events.map(({ id }) => id))}, ${uuids(events.map(({ partitionkey }) => partitionkey))},
      ${bigints(events.map(({ sequence }) => Number(sequence)))}
    ) WITH ORDINALITY AS event (event_id, stream_id, sequence, nth)
    ORDER BY nth
    ON CONFLICT DO NOTHING
    RETURNING event_id`.execute(tx);
  const noted = new Set(rows.map(({ event_id }) => event_id));
  // One that comes twice is applied the first time.
  return events.filter(({ id }) => noted.delete(id));
}

/**
 * Gives events to every consumer that wants them in one transaction: one flush for many. Where it fails nothing of it
 * happened.
 * @param follow runs the work on one event, under what caused it.
 */
export async function applyTogether(
  { db, metrics }: { db: Db; metrics: Metrics },
  consumers: readonly Consumer[],
  events: readonly CloudEvent[],
  follow: (event: CloudEvent, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const counts = await inTransaction(db, async (tx) => {
    const due = new Map<CloudEvent, Consumer[]>(events.map((event) => [event, []]));
    const atOnce: (() => Promise<void>)[] = [];
    const told: { consumer: string; applied: number; duplicate: number }[] = [];
    for (const consumer of consumers) {
      const wanted = events.filter((event) => wants(consumer, event));
      if (wanted.length === 0) continue;
      const fresh = await noteApplied(tx, consumer, wanted);
      const applyAll = consumer.applyAll?.bind(consumer, tx, fresh);
      if (applyAll) atOnce.push(applyAll);
      else for (const event of fresh) due.get(event)?.push(consumer);
      const duplicate = wanted.length - fresh.length;
      told.push({ consumer: consumer.name, applied: fresh.length, duplicate });
    }
    for (const [event, those] of due)
      await follow(event, async () => {
        for (const consumer of those) await consumer.apply(tx, event);
      });
    // At the end: jobs that wait under the same keys cannot be taken until the commit.
    for (const work of atOnce) await work();
    return told;
  });
  for (const { consumer, applied, duplicate } of counts) {
    metrics.inboxEvents.inc({ consumer, outcome: 'applied' }, applied);
    metrics.inboxEvents.inc({ consumer, outcome: 'duplicate' }, duplicate);
  }
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
