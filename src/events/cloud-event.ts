import type { CloudEvent } from './consumer.ts';
import type { OutboxRow } from './outbox.ts';

/** The digits of the largest exact integer, so that sequences compare as text. */
const SEQUENCE_DIGITS = 16;

/** A row of the outbox as it leaves the shop; `source` is the shop's public URL. */
export function cloudEventOf(row: OutboxRow, source: string): CloudEvent {
  const envelope = {
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
  };
  // recordEvents takes only the data that the catalogue asks of the type.
  return envelope as CloudEvent;
}
