import { type Generated, sql } from 'kysely';
import { documents, uuids } from '../database/arrays.ts';
import type { Db } from '../database/database.ts';
import { kept } from '../database/kept-plans.ts';
import type { InTx } from '../database/together.ts';
import { newId } from '../shared/ids.ts';
import { type Cause, currentCause } from '../telemetry/spans.ts';
import type { EventData, EventType } from './catalogue.ts';

export interface EventTables {
  event_streams: { id: string; last_sequence: number };
  outbox_events: OutboxEventTable;
  /** What each consumer applied; the position keeps the order in which it did. */
  inbox_events: {
    consumer: string;
    event_id: string;
    stream_id: string;
    sequence: number;
    position: Generated<number>;
    applied_at: Generated<Date>;
  };
  /** What an external broker is still to be sent; the columns as in the outbox. */
  broker_events: Sending & { id: string; stream_id: string; sequence: number; position: number };
  event_broker: { connected_at: Generated<Date>; past_queued_at: Date | null };
  relay_leases: { name: string; holder: string; held_until: Date };
}

/** How the sending of an event goes. */
interface Sending {
  published_at: Generated<Date | null>;
  attempts: Generated<number>;
  /** A failed event, and what follows it in its stream, waits until then. */
  next_attempt_at: Generated<Date | null>;
  /** Given up on: its stream goes on without it until somebody has it sent again. */
  dead_at: Generated<Date | null>;
  last_error: Generated<string | null>;
}

interface OutboxEventTable extends Sending {
  id: string;
  position: Generated<number>;
  /** What the event is ordered within: its order, or else its own aggregate. */
  stream_id: string;
  /** 1, 2, 3, … within the stream, without a gap. */
  sequence: number;
  aggregate_type: string;
  aggregate_id: string;
  type: EventType;
  payload: unknown;
  correlation_id: string | null;
  /** The trace that made it, as W3C traceparent. */
  traceparent: Generated<string | null>;
  occurred_at: Generated<Date>;
}

/** What happened, to be committed with the change itself. */
export interface DomainEvent<T extends EventType = EventType> {
  readonly type: T;
  readonly aggregateId: string;
  readonly data: EventData[T];
  /** Where a batch works for many requests: the one that caused this event. */
  readonly cause?: Cause;
}

/** An event of a type with the data that the catalogue asks of it. */
export function event<T extends EventType>(
  type: T,
  aggregateId: string,
  data: EventData[T],
): DomainEvent<T> {
  return { type, aggregateId, data };
}

/**
 * Writes events into the outbox of the transaction that made them: both commit or neither. Each gets the next number
 * of its stream, whose row is locked until the commit: so a stream's numbers have no gap, and are in commit order.
 */
export async function recordEvents(at: InTx, events: readonly DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  const current = currentCause();
  const column = <T>(of: (event: DomainEvent) => T): T[] => events.map(of);
  await sql`${kept}
    WITH event AS (
      SELECT *, row_number() OVER (PARTITION BY stream_id ORDER BY nth) AS place
      FROM unnest(
        ${uuids(column(() => newId()))}, ${uuids(column(streamOf))}, ${column(({ type }) => type.split('.', 1)[0])}::text[],
        ${uuids(column(({ aggregateId }) => aggregateId))}, ${column(({ type }) => type)}::text[],
        string_to_array(${documents(column(({ data }) => data))}, E'\\x1e')::jsonb[],
        ${column(({ cause = current }) => cause.correlationId)}::text[], ${column(({ cause = current }) => cause.traceparent)}::text[]
      ) WITH ORDINALITY
        AS event (id, stream_id, aggregate_type, aggregate_id, type, payload, correlation_id, traceparent, nth)
    ), new AS (
      SELECT stream_id, count(*) AS events FROM event GROUP BY stream_id ORDER BY stream_id
    ), stream AS (
      INSERT INTO event_streams AS known (id, last_sequence)
      SELECT stream_id, events FROM new
      ON CONFLICT (id) DO UPDATE SET last_sequence = known.last_sequence + excluded.last_sequence
      RETURNING id, last_sequence
    )
    INSERT INTO outbox_events
      (id, stream_id, sequence, aggregate_type, aggregate_id, type, payload, correlation_id, traceparent)
    SELECT event.id, event.stream_id, stream.last_sequence - new.events + event.place, aggregate_type, aggregate_id,
      type, payload, correlation_id, traceparent
    FROM event JOIN new USING (stream_id) JOIN stream ON stream.id = event.stream_id
    ORDER BY nth`.execute(at);
}

/** Everything about an order is one stream: its payments' and refunds' events stand in line with its own. */
function streamOf({ aggregateId, data }: DomainEvent): string {
  return 'orderId' in data ? data.orderId : aggregateId;
}

/** The events of a stream, in the order in which they happened. */
export async function eventsOf(db: Db, streamId: string) {
  const rows = await db
    .selectFrom('outbox_events')
    .select(['id', 'type', 'correlation_id as correlationId', 'occurred_at'])
    .where('stream_id', '=', streamId)
    .orderBy('sequence')
    .execute();
  return rows.map(({ occurred_at, ...row }) => ({ ...row, occurredAt: occurred_at.toISOString() }));
}
