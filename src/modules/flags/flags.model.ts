import type { Generated, JSONColumnType } from 'kysely';
import type { FlagDeclaration } from './declared.model.ts';

export interface FlagTables {
  flags: {
    key: string;
    enabled: boolean;
    rules: JSONColumnType<readonly Rule[]>;
    rollout: number;
    weights: JSONColumnType<Weights>;
    salt: string;
    version: number;
    changed_at: Generated<Date>;
  };
  flag_segments: {
    key: string;
    customer_ids: string[];
    email_domains: string[];
    version: number;
    changed_at: Generated<Date>;
  };
  flag_experiments: {
    id: string;
    flag_key: string;
    weights: JSONColumnType<Weights>;
    started_at: Generated<Date>;
    ended_at: Date | null;
  };
  flag_exposures: { experiment_id: string; visitor_id: string; variant: string; exposed_at: Date };
  flag_visitors: { visitor_id: string; customer_id: string; linked_at: Generated<Date> };
}

/** What rules ask about a visitor. */
export const attributes = [
  'signed-in',
  'role',
  'customer',
  'email-domain',
  'country',
  'segment',
] as const;
export type Attribute = (typeof attributes)[number];

export interface Condition {
  readonly attribute: Attribute;
  /** Met by those that have none of the values. */
  readonly not: boolean;
  readonly values: readonly string[];
}

/** Whoever meets every condition, and is within the share, gets the variant. The first rule that fits counts. */
export interface Rule {
  readonly when: readonly Condition[];
  readonly variant: string;
  /** In hundredths of a percent, of the same visitors as the roll-out's. */
  readonly share: number;
}

/** How many of all get each variant, as parts of their sum. */
export type Weights = Readonly<Record<string, number>>;

export const WHOLE = 10_000;

/** How a flag is set. */
export interface FlagSettings {
  /** Off: everybody gets the variant declared for it, whatever else is set. */
  readonly enabled: boolean;
  readonly rules: readonly Rule[];
  /** The share of visitors that the weights are for, in hundredths of a percent. */
  readonly rollout: number;
  readonly weights: Weights;
}

/** A flag as it is set, with what is known of its experiment. */
export interface Flag extends FlagSettings {
  readonly key: string;
  readonly salt: string;
  /** The experiment that runs, or null. */
  readonly experimentId: string | null;
  /** Raised by every change; 0 for a flag that nobody has set. */
  readonly version: number;
  /** null: never. */
  readonly changedAt: Date | null;
}

export interface Segment {
  readonly key: string;
  readonly customerIds: readonly string[];
  readonly emailDomains: readonly string[];
  readonly version: number;
}

/** A flag that nobody has set: everybody gets the default. */
export function unsetFlag(key: string, declaration: FlagDeclaration): Flag {
  return {
    key,
    enabled: true,
    rules: [],
    rollout: WHOLE,
    weights: { [declaration.default]: 1 },
    salt: '',
    experimentId: null,
    version: 0,
    changedAt: null,
  };
}

/** The variants that a flag's roll-out gives to anybody. */
export function servedVariants(weights: Weights): string[] {
  return Object.keys(weights).filter((variant) => (weights[variant] ?? 0) > 0);
}

/** The one variant that everybody gets, or null where it hangs on who asks. */
export function onlyVariantOf(flag: FlagSettings, { off }: FlagDeclaration): string | null {
  if (!flag.enabled) return off;
  const [first, ...others] = flag.rollout === 0 ? [off] : servedVariants(flag.weights);
  const everybody = flag.rollout === WHOLE || first === off;
  return first !== undefined && others.length === 0 && everybody && flag.rules.length === 0
    ? first
    : null;
}
