import type { Kysely } from 'kysely';

/**
 * What a migration is to the version before: more, beside what that version knows (`expand`), or less, once no version
 * that runs needs it (`contract`).
 */
export type Phase = 'expand' | 'contract';

/** What a migration may do to a shop that is open; docs/migrations.md says why each is a rule, and what to do instead. */
export const RULES = {
  'no-phase': 'does not say whether it expands or contracts: export const phase',
  'lock-limit-lifted': 'waits for locks without the limit of the runner',
  rewrite: 'writes a table anew, which nobody reads or writes meanwhile',
  'index-blocks-writes': 'builds an index while writers wait: CREATE INDEX CONCURRENTLY',
  'constraint-checked-under-lock':
    'checks every row under a lock: add it NOT VALID, validate it in the next migration',
  'not-null-under-lock':
    'looks at every row while all wait: a CHECK (… IS NOT NULL) that is validated comes first',
  'column-without-value': 'adds a column that the version before gives no value',
  'rows-written': 'writes rows that are there in one transaction: in batches, outside of one',
  'work-under-lock': 'goes through rows while a lock keeps others out',
  'lock-outside-transaction': 'takes a lock that keeps writers out among statements that may last',
  dropped: 'takes away what the version before may use: in a migration that contracts',
  renamed: 'renames what the version before uses by its name',
  retyped: 'changes the type of a column that the version before reads',
  'allowance-unused': 'has an allowance that it does not need',
} as const;
export type Rule = keyof typeof RULES;

/** A migration as a module of migrations/ exports it. */
export interface SchemaMigration {
  up(db: Kysely<unknown>): Promise<void>;
  down(db: Kysely<unknown>): Promise<void>;
  /** Every migration since 0030 has one. */
  readonly phase?: Phase;
  /** false: each statement commits by itself, so a try that follows a failed one must find its own work done. */
  readonly transaction?: boolean;
  /** Rules that it breaks, each with the reason why that does no harm. */
  readonly allows?: Readonly<Partial<Record<Rule, string>>>;
}

export type Migrations = Readonly<Record<string, SchemaMigration>>;
