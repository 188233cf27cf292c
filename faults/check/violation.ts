import type { Tx } from '../../src/database/database.ts';
import type { History } from '../load/history.ts';
import type { Charge } from '../world/stripe.ts';

/** Something that must never be, with the ids to look for. */
export interface Violation {
  readonly check: string;
  readonly what: string;
}

/** What the checks look at: one snapshot of the database, what clients were told, Stripe's own books. */
export interface Evidence {
  readonly tx: Tx;
  readonly history: Pick<
    History,
    'placings' | 'refundings' | 'adjustings' | 'paidSessions' | 'wrongAnswers'
  >;
  readonly charges: readonly Charge[];
  /** The events that arrived at the merchant with a good signature. */
  readonly received: ReadonlyMap<string, number>;
  /** When the merchant was told that its endpoint is registered: from then on it is owed every event. */
  readonly merchantSince: Date;
  /** From when on this version's consumers are answerable; null: from the beginning. */
  readonly consumersSince: Date | null;
}

/** One claim about the world; the sentences of those who break it. */
export interface WorldCheck {
  readonly name: string;
  breaches(evidence: Evidence): Promise<readonly string[]>;
}
