import type { Tx } from '../database/database.ts';
import type { EventData, EventType } from './catalogue.ts';

/** An event as it leaves the shop: CloudEvents 1.0 in JSON, with its extensions for partitioning and sequence. */
export type CloudEvent = { [T in EventType]: Envelope<T> }[EventType];

interface Envelope<T extends EventType> {
  readonly specversion: '1.0';
  /** The same however often it is delivered. */
  readonly id: string;
  /** The shop: its public URL. */
  readonly source: string;
  readonly type: T;
  /** `order/<id>`: what it happened to. */
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: EventData[T];
  /** The stream: events of one are delivered in order. */
  readonly partitionkey: string;
  /** The place in the stream, from 1 without a gap, padded so that text order is number order. */
  readonly sequence: string;
  readonly correlationid?: string;
  /** The trace that made it: CloudEvents' extension for distributed tracing. */
  readonly traceparent?: string;
}

/** Who acts on events. Each event is applied once, in one transaction with the note that it was. */
export interface Consumer {
  /** Names its inbox: never changed, or everything would be applied again. */
  readonly name: string;
  /** The types it wants; null: all. */
  readonly types: readonly EventType[] | null;
  /** The effect, in the database alone: what reaches outside is enqueued as a job. */
  apply(tx: Tx, event: CloudEvent): Promise<void>;
  /** The same of many by few statements; where it does not say, one after the other, each under what caused it. */
  applyAll?(tx: Tx, events: readonly CloudEvent[]): Promise<void>;
}
