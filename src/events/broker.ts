import type { CloudEvent } from './consumer.ts';

/** Where events go on to: the consumers in this process, or a broker that many processes read. */
export interface Broker {
  /**
   * Publishes events in the order given and says of each what became of it, in the same order. Once one of a stream
   * (`partitionkey`) fails, no later one of that stream is published: it is held. Rejects where the broker as a whole
   * cannot be reached: then no event is to blame, and none counts an attempt.
   */
  publish(events: readonly CloudEvent[]): Promise<readonly PublishResult[]>;
  /** Ends its connections. */
  close(): Promise<void>;
}

export type PublishResult =
  | { readonly kind: 'arrived' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** An earlier event of its stream failed. */
  | { readonly kind: 'held' };
