import type { Db } from '../database/database.ts';
import { isDatabaseTrouble } from '../database/failures.ts';
import { withCorrelation } from '../telemetry/context.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Broker, Publishing } from './broker.ts';
import type { CloudEvent, Consumer } from './consumer.ts';
import { applyOnce, wants } from './inbox.ts';

/** Streams that are worked on side by side; within each, events are applied one after the other. */
const STREAMS_AT_ONCE = 4;

/** The broker of a shop without one: hands each event to the consumers in this process. */
export function createInProcessBroker(
  { db, metrics }: { db: Db; metrics: Metrics },
  consumers: readonly Consumer[],
): Broker {
  async function applyAll(event: CloudEvent): Promise<void> {
    for (const consumer of consumers.filter((one) => wants(one, event))) {
      const count = (outcome: string) =>
        metrics.inboxEvents.inc({ consumer: consumer.name, outcome });
      try {
        count(await applyOnce(db, consumer, event));
      } catch (error) {
        count('failed');
        throw error;
      }
    }
  }

  /** One stream's events in order, until one fails. */
  async function applyStream(events: readonly CloudEvent[]): Promise<Publishing[]> {
    const answers: Publishing[] = [];
    for (const event of events) {
      if (answers.at(-1) !== undefined && answers.at(-1)?.kind !== 'arrived') {
        answers.push({ kind: 'held' });
        continue;
      }
      try {
        await withCorrelation(event.correlationid ?? event.id, () => applyAll(event));
        answers.push({ kind: 'arrived' });
      } catch (error) {
        // Of a database that cannot work now no event is to blame: the round ends and begins again.
        if (isDatabaseTrouble(error)) throw error;
        answers.push({ kind: 'failed', error });
      }
    }
    return answers;
  }

  return {
    async publish(events) {
      const streams = [...Map.groupBy(events, ({ partitionkey }) => partitionkey).values()];
      const answers = new Map<string, Publishing>();
      const work = async () => {
        for (let stream = streams.shift(); stream; stream = streams.shift()) {
          const verdicts = await applyStream(stream);
          for (const [index, { id }] of stream.entries())
            answers.set(id, verdicts[index] ?? { kind: 'held' });
        }
      };
      await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, work));
      return events.map(({ id }) => answers.get(id) ?? { kind: 'held' });
    },
    close: async () => {},
  };
}
