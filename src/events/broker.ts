import type { CloudEvent } from './consumer.ts';

/**
 * How long a broker outside goes on sending what it was given: a stop waits for it, and a kill leaves no more than that
 * to be sent again.
 */
export const SENDING_MS = 5000;

/** Where events go on to: consumers in this process, or a broker that other programs read. */
export interface Broker {
  /**
   * Publishes events in the order given and says of each whether it arrived, or the error. Once one of a stream
   * does not arrive, no later one of that stream is tried: it is answered as held. Throws where it cannot work at all.
   */
  publish(events: readonly CloudEvent[]): Promise<readonly Publishing[]>;
  close(): Promise<void>;
}

/** A broker outside the shop. */
export interface ExternalBroker extends Broker {
  /** @throws where it cannot be reached. */
  ping(): Promise<void>;
}

export type Publishing =
  | { readonly kind: 'arrived' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The part of the broker that it goes to takes nothing for now, which is not the event's fault: it comes again later. */
  | { readonly kind: 'away'; readonly error: unknown }
  /** An earlier event of its stream failed, or there was no time for it: it comes again. */
  | { readonly kind: 'held' };
