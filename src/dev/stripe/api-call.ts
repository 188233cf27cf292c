import type { EventCause } from './events.ts';
import type { Params } from './params.ts';
import type { Transaction } from './store.ts';

/** One request to the API, as its handler sees it. */
interface ReadCall {
  /** Query or form parameters; those that no handler reads are refused. */
  readonly params: Params;
  /** The `:id` of the path, empty where the path has none. */
  readonly id: string;
}

/** A request that may change something: all of it or nothing, with the answer kept for its key. */
export interface WriteCall extends ReadCall {
  readonly tx: Transaction;
  readonly cause: EventCause;
}

export type ReadHandler = (call: ReadCall) => object;
export type WriteHandler = (call: WriteCall) => object;
