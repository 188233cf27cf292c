import { sql } from 'kysely';
import { type Db, inTransaction } from '../../src/database/database.ts';
import type { Broker } from '../../src/events/broker.ts';
import type { CloudEvent, Consumer } from '../../src/events/consumer.ts';
import { createInProcessBroker } from '../../src/events/in-process-broker.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import type { RelayDeps } from '../../src/events/relay.ts';
import { newId } from '../../src/shared/ids.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

/** Leaves no event in a database, and nobody who relays. */
export async function forgetEvents(db: Db): Promise<void> {
  await sql`TRUNCATE outbox_events, event_streams, inbox_events, relay_leases`.execute(db);
}

/** Records as many events of a stream in one transaction. */
export function record(db: Db, streamId: string = newId(), count = 1): Promise<void> {
  return inTransaction(db, (tx) =>
    recordEvents(
      tx,
      upTo(count).map(() => event('order.fulfilled', streamId, {})),
    ),
  );
}

/** What a relay is made of, with a log that keeps silent and metrics of its own. */
export function relayDeps(db: Db, publish: Broker['publish']): RelayDeps {
  return {
    db,
    broker: { publish, close: async () => {} },
    queue: 'outbox_events',
    source: 'https://shop.example.test',
    logger: createLogger('silent'),
    metrics: createMetrics(),
  };
}

/** Publishes everything but what it is told to refuse, and remembers it. */
export function recorder(refuses: (event: CloudEvent) => boolean = () => false) {
  const published: CloudEvent[] = [];
  const publish: Broker['publish'] = async (events) => {
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
  };
  return { publish, published };
}

/** What a relay to consumers in this process is made of. */
export function inProcessDeps(db: Db, ...consumers: Consumer[]): RelayDeps {
  const metrics = createMetrics();
  const logger = createLogger('silent');
  const { publish } = createInProcessBroker({ db, logger, metrics }, consumers);
  return { ...relayDeps(db, publish), metrics };
}

/** Lets no pause be left before the next attempt of a failed event. */
export async function endPauses(db: Db): Promise<void> {
  await sql`UPDATE outbox_events SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL`.execute(
    db,
  );
}

/** Each stream's events as sequence numbers, in the order of their coming. */
export function sequences(events: readonly CloudEvent[]): Map<string, number[]> {
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
