import { sql } from 'kysely';
import { type Db, inTransaction } from '../../src/database/database.ts';
import type { Broker } from '../../src/events/broker.ts';
import type { CloudEvent, Consumer } from '../../src/events/consumer.ts';
import { createInProcessBroker } from '../../src/events/in-process-broker.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import { createRelay, type RelayDeps } from '../../src/events/relay.ts';
import { newId } from '../../src/shared/ids.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

export const SOURCE = 'https://shop.example.test';

/** Leaves no event in a database, and nobody who relays. */
export async function forgetEvents(db: Db): Promise<void> {
  await sql`TRUNCATE outbox_events, event_streams, inbox_events, relay_leases`.execute(db);
}

/** Records one event of a stream in a transaction of its own. */
export function record(db: Db, streamId: string = newId()): Promise<void> {
  return inTransaction(db, (tx) => recordEvents(tx, [event('order.fulfilled', streamId, {})]));
}

/** What a relay is made of, with a log that keeps silent and metrics of its own. */
export function relayDeps(db: Db, broker: Broker): RelayDeps {
  return {
    db,
    broker,
    source: SOURCE,
    logger: createLogger('silent'),
    metrics: createMetrics(),
  };
}

/** A broker that takes everything but what it is told to refuse, and remembers it. */
export function recordingBroker(refuses: (event: CloudEvent) => boolean = () => false) {
  const published: CloudEvent[] = [];
  const broker: Broker = {
    async publish(events) {
      const stuck = new Set<string>();
      return events.map((event) => {
        if (stuck.has(event.partitionkey)) return { kind: 'held' };
        if (refuses(event)) {
          stuck.add(event.partitionkey);
          return { kind: 'failed', error: new Error('refused') };
        }
        published.push(event);
        return { kind: 'arrived' };
      });
    },
    async close() {},
  };
  return { broker, published };
}

/** A relay whose events are applied by consumers in this process. */
export function inProcessRelay(db: Db, consumers: readonly Consumer[]) {
  const metrics = createMetrics();
  const broker = createInProcessBroker({ db, metrics }, consumers);
  return { broker, metrics, relay: createRelay({ ...relayDeps(db, broker), metrics }) };
}

/** Lets no pause be left before the next attempt of a failed event. */
export async function endPauses(db: Db): Promise<void> {
  await sql`UPDATE outbox_events SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL`.execute(
    db,
  );
}

/** Lets the time of whoever holds the lease be over, as when it stands still. */
export async function endLease(db: Db): Promise<void> {
  await sql`UPDATE relay_leases SET held_until = now() - interval '1 second'`.execute(db);
}

/** How often each stream's events came, as sequence numbers in the order of their coming. */
export function sequencesByStream(events: readonly CloudEvent[]): Map<string, number[]> {
  const streams = Map.groupBy(events, ({ partitionkey }) => partitionkey);
  return new Map(
    [...streams].map(([stream, own]) => [stream, own.map(({ sequence }) => Number(sequence))]),
  );
}

/** The rows of the outbox, oldest first. */
export function outbox(db: Db) {
  return db.selectFrom('outbox_events').selectAll().orderBy('position').execute();
}

/** 1, 2, … n. */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}
