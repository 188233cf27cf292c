import type { Generated } from 'kysely';
import type { Db, Tx } from '../database/database.ts';
import { newId } from '../shared/ids.ts';
import { correlationId } from '../telemetry/context.ts';

export interface EventTables {
  outbox_events: OutboxEventTable;
}

interface OutboxEventTable {
  id: string;
  position: Generated<number>;
  transaction_id: Generated<string>;
  aggregate_type: AggregateType;
  aggregate_id: string;
  type: string;
  payload: string;
  correlation_id: string | null;
  occurred_at: Generated<Date>;
  published_at: Generated<Date | null>;
  attempts: Generated<number>;
}

type AggregateType = 'order' | 'payment' | 'refund' | 'product' | 'stock' | 'user';

/** What happened, to be committed with the change itself. */
export interface DomainEvent {
  readonly aggregateType: AggregateType;
  readonly aggregateId: string;
  /** Past tense, dotted: `order.placed`. */
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Where a batch works for many requests: the one that caused this event. */
  readonly correlationId?: string | null;
}

/** Writes events into the outbox of the transaction that made them: both commit or neither. */
export async function recordEvents(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  const correlation = correlationId();
  await tx
    .insertInto('outbox_events')
    .values(
      events.map((event) => ({
        id: newId(),
        aggregate_type: event.aggregateType,
        aggregate_id: event.aggregateId,
        type: event.type,
        payload: JSON.stringify(event.payload),
        correlation_id: event.correlationId ?? correlation,
      })),
    )
    .execute();
}

/** The events of one aggregate, in the order in which they happened. */
export async function eventsOf(db: Db, aggregateId: string) {
  const rows = await db
    .selectFrom('outbox_events')
    .select(['id', 'type', 'correlation_id as correlationId', 'occurred_at'])
    .where('aggregate_id', '=', aggregateId)
    .orderBy('position')
    .execute();
  return rows.map(({ occurred_at, ...row }) => ({ ...row, occurredAt: occurred_at.toISOString() }));
}
