import { sql } from 'kysely';
import { expect } from 'vitest';
import type { BrokerConfig } from '../../src/config/broker.ts';
import { loadConfig } from '../../src/config.ts';
import type { Db } from '../../src/database/database.ts';
import type { Broker } from '../../src/events/broker.ts';
import type { CloudEvent } from '../../src/events/consumer.ts';
import { openBroker } from '../../src/events/external-broker.ts';
import type { RelayDeps } from '../../src/events/relay.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { forgetEvents, outbox, relayDeps, sequences, upTo } from './support.ts';

/** A broker outside as tests handle it: a real server, or one that speaks its protocol. */
export interface Peer {
  readonly url: string;
  /** Lets nobody reach it. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  /** Has it refuse so many requests for the sake of an event, where it takes events of any size. */
  refuse?(requests: number): Promise<void>;
  /** What a consumer that reads all from the beginning sees, once it is as much as asked for. */
  events(atLeast: number): Promise<CloudEvent[]>;
  /** Puts messages of a line each among the events of orders, as they stand. */
  inject(...texts: string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Leaves no event in a database, and nothing that says that it had a broker. */
export async function forgetBroker(db: Db): Promise<void> {
  await forgetEvents(db);
  await sql`TRUNCATE broker_events, event_broker`.execute(db);
}

/** The broker as a worker opens it; a function of the address is asked at every new connection. */
export async function open(url: string | (() => string)): Promise<Broker> {
  const now = typeof url === 'string' ? () => url : url;
  const broker = await openBroker(() => brokerConfig(now()), {
    logger: createLogger('silent'),
    metrics: createMetrics(),
  });
  if (broker === null) throw new Error('there is no broker');
  return broker;
}

function brokerConfig(url: string): BrokerConfig | null {
  return loadConfig({ EVENT_BROKER_URL: url }).eventBroker;
}

/** What a relay to a broker is made of. */
export function brokerRelay(db: Db, publish: Broker['publish']): RelayDeps {
  return { ...relayDeps(db, publish), queue: 'broker_events' };
}

/** How each event's way to the broker goes, the oldest first. */
export function sendings(db: Db) {
  return db.selectFrom('broker_events').selectAll().orderBy('position').execute();
}

/** Each event where it was seen first. */
export function once(events: readonly CloudEvent[]): CloudEvent[] {
  return [...new Map(events.toReversed().map((event) => [event.id, event])).values()].toReversed();
}

/** Holds what a consumer saw against the outbox: every event, and each stream in its order. */
export async function expectWhole(db: Db, seen: readonly CloudEvent[]): Promise<void> {
  const recorded = await outbox(db);
  const applied = once(seen);
  expect(new Set(applied.map(({ id }) => id))).toEqual(new Set(recorded.map(({ id }) => id)));
  for (const [stream, numbers] of sequences(applied))
    expect(numbers, stream).toEqual(upTo(numbers.length));
}
