import { SpanKind } from '@opentelemetry/api';
import { type Db, ping } from '../database/database.ts';
import { withCorrelation } from '../telemetry/context.ts';
import { type Logger, plainLines } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { contextOf, currentCause, inSpan, linksTo } from '../telemetry/spans.ts';
import type { Broker, Publishing } from './broker.ts';
import type { CloudEvent, Consumer } from './consumer.ts';
import { applyToAll, applyTogether } from './inbox.ts';

/** Streams that are worked on side by side; within each, events are applied one after the other. */
const STREAMS_AT_ONCE = 4;

/** What the log always has; of a catalogue's changes, thousands at once, only where it is asked for more. */
const ABOUT_SALES = /^(order|payment|refund)\./;

/** Hands each event to the shop's own consumers, in this process. */
export function createInProcessBroker(
  deps: { db: Db; logger: Logger; metrics: Metrics },
  consumers: readonly Consumer[],
): Broker {
  const line = plainLines(deps.logger);

  /** Works in the trace, and under the correlation id, of what caused the event; the relay's own is linked. */
  function follow(event: CloudEvent, work: () => Promise<void>): Promise<void> {
    const { id, type, subject, correlationid = id, traceparent = null } = event;
    return inSpan(
      `process ${type}`,
      { 'mainstay.event.id': id },
      () =>
        withCorrelation(correlationid, async () => {
          await work();
          if (ABOUT_SALES.test(type)) line('info', membersOf(event, correlationid));
          else deps.logger.debug({ eventId: id, subject }, type);
        }),
      {
        kind: SpanKind.CONSUMER,
        parent: contextOf(traceparent),
        links: linksTo(currentCause().traceparent),
      },
    );
  }

  /** Whether all could be applied at once; where not, each is tried by itself, so that one fails for no other. */
  async function allTogether(events: readonly CloudEvent[]): Promise<boolean> {
    try {
      await applyTogether(deps, consumers, events, follow);
      return true;
    } catch (error) {
      deps.logger.debug({ err: error }, 'events are applied one by one');
      return false;
    }
  }

  /** One stream's events in order, until one fails. */
  async function applyStream(
    events: readonly CloudEvent[],
    answers: Map<string, Publishing>,
  ): Promise<void> {
    for (const event of events) {
      try {
        await follow(event, () => applyToAll(deps, consumers, event));
        answers.set(event.id, { kind: 'arrived' });
      } catch (error) {
        // Of a database that is away no event is to blame; of what fails while it answers, the event is.
        await ping(deps.db);
        answers.set(event.id, { kind: 'failed', error });
        return;
      }
    }
  }

  return {
    async publish(events) {
      if (events.length > 1 && (await allTogether(events)))
        return events.map(() => ({ kind: 'arrived' }));
      const answers = new Map<string, Publishing>();
      const streams = Map.groupBy(events, ({ partitionkey }) => partitionkey).values();
      const work = async () => {
        for (const stream of streams) await applyStream(stream, answers);
      };
      // Nothing of a round goes on after its end.
      const ends = await Promise.allSettled(Array.from({ length: STREAMS_AT_ONCE }, work));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      return events.map(({ id }) => answers.get(id) ?? { kind: 'held' });
    },
    close: async () => {},
  };
}

/** Of its log line. */
function membersOf({ id, subject, type }: CloudEvent, correlationId: string): string {
  return `"correlationId":${JSON.stringify(correlationId)},"eventId":"${id}","subject":"${subject}","message":"${type}"`;
}
