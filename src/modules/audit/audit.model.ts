import type { RawBuilder } from 'kysely';

/**
 * A finding breaks an invariant. A warning asks for a look: something waits longer than it does in a shop whose
 * worker runs, or for a person.
 */
export type Severity = 'finding' | 'warning';

/** One invariant as a query of the rows that break it. */
export interface Check {
  readonly name: string;
  readonly severity: Severity;
  /** What holds when there is no row. */
  readonly claim: string;
  readonly offenders: RawBuilder<Offender>;
}

/** A row that breaks an invariant: what it is, and in what way. */
export interface Offender {
  readonly subject: string;
  readonly detail: string;
}

export interface CheckResult {
  readonly name: string;
  readonly severity: Severity;
  readonly claim: string;
  /** Of all offending rows; `offenders` holds the first of them. */
  readonly count: number;
  readonly offenders: readonly Offender[];
}
