import type { Db } from '../database/database.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Broker, PublishResult } from './broker.ts';
import type { CloudEvent, Consumer } from './consumer.ts';
import { applyToAll } from './inbox.ts';

/** Streams worked on side by side, each with one connection at a time: fewer than the pool has. */
const STREAMS_AT_ONCE = 4;

/** The broker of a shop without one: consumers in this process apply each event before it counts as published. */
export function createInProcessBroker(
  deps: { db: Db; metrics: Metrics },
  consumers: readonly Consumer[],
): Broker {
  async function publishStream(
    events: readonly CloudEvent[],
    results: Map<string, PublishResult>,
  ): Promise<void> {
    for (const event of events) {
      try {
        await applyToAll(deps, consumers, event);
        results.set(event.id, { kind: 'arrived' });
      } catch (error) {
        results.set(event.id, { kind: 'failed', error });
        return;
      }
    }
  }

  return {
    async publish(events) {
      const results = new Map<string, PublishResult>();
      const streams = Map.groupBy(events, ({ partitionkey }) => partitionkey).values();
      const work = async () => {
        for (const stream of streams) await publishStream(stream, results);
      };
      await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, work));
      return events.map(({ id }) => results.get(id) ?? { kind: 'held' });
    },
    async close() {},
  };
}
