import type { Faults } from './faults.ts';
import type { Store } from './store.ts';
import type { WebhookSender } from './webhook-sender.ts';

/** What every part of one running stand-in shares. */
export interface StandInContext {
  readonly store: Store;
  readonly faults: Faults;
  readonly sender: WebhookSender;
  /** The stand-in's clock, unix seconds. */
  now(): number;
  /** Base of the addresses shown to browsers, without a slash at its end. */
  publicBase(): string;
  /** One line for people; never card numbers, bodies or keys. */
  log(line: string): void;
}
