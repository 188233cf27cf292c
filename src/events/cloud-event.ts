import type { CloudEvent } from './consumer.ts';
import type { RecordedEvent } from './outbox.repository.ts';

/** Enough digits that sequences compare as text. */
const SEQUENCE_DIGITS = 12;

/** An event of the outbox as it leaves the shop: CloudEvents 1.0. */
export function cloudEventOf(row: RecordedEvent, source: string): CloudEvent {
  return {
    specversion: '1.0',
    id: row.id,
    source,
    type: row.type,
    subject: `${row.aggregate_type}/${row.aggregate_id}`,
    time: row.occurred_at.toISOString(),
    datacontenttype: 'application/json',
    data: row.payload,
    partitionkey: row.stream_id,
    sequence: String(row.sequence).padStart(SEQUENCE_DIGITS, '0'),
    ...(row.correlation_id === null ? {} : { correlationid: row.correlation_id }),
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
  } as CloudEvent;
}
