import { hash } from 'node:crypto';
import type { FlagDeclaration } from './declared.model.ts';
import {
  type Condition,
  type Flag,
  type Segment,
  servedVariants,
  type Weights,
  WHOLE,
} from './flags.model.ts';

/** Who a flag is evaluated for. */
export interface FlagVisitor {
  /** What keeps them in the same part of a roll-out; undefined: no roll-out reaches them. */
  readonly targetingKey?: string | undefined;
  /** The signed-in customer's or member's id; null for a guest. */
  readonly customerId: string | null;
  /** `customer`, `staff`, `admin`; null for a guest. */
  readonly role: string | null;
  readonly email: string | null;
  /** ISO 3166-1 alpha-2, where a proxy told it. */
  readonly country: string | null;
}

export interface Evaluation {
  readonly variant: string;
  /** As OpenFeature names reasons. */
  readonly reason: 'DEFAULT' | 'DISABLED' | 'TARGETING_MATCH' | 'SPLIT' | 'STATIC';
  /** The experiment in which this is an exposure; null: it is none. */
  readonly experimentId: string | null;
}

/** What a visitor gets of a flag. Pure: the same settings and visitor give the same. */
export function evaluate(
  declaration: FlagDeclaration,
  flag: Flag | undefined,
  segments: ReadonlyMap<string, Segment>,
  visitor: FlagVisitor,
): Evaluation {
  const not = { experimentId: null };
  if (flag === undefined || flag.version === 0)
    return { variant: declaration.default, reason: 'DEFAULT', ...not };
  if (!flag.enabled) return { variant: declaration.off, reason: 'DISABLED', ...not };
  const place = placeOf(flag, 'roll-out', visitor);
  const rule = flag.rules.find(
    ({ when, share }) =>
      place < share && when.every((condition) => meets(condition, visitor, segments)),
  );
  if (rule) return known(declaration, rule.variant, 'TARGETING_MATCH');
  const [only, ...others] = servedVariants(flag.weights);
  if (only !== undefined && others.length === 0 && flag.rollout === WHOLE)
    return known(declaration, only, 'STATIC');
  if (place >= flag.rollout || visitor.targetingKey === undefined)
    return { variant: declaration.off, reason: 'DEFAULT', ...not };
  const variant = variantAt(flag.weights, placeOf(flag, 'variant', visitor));
  return { ...known(declaration, variant, 'SPLIT'), experimentId: flag.experimentId };
}

/** A variant that an older version of the code declared is the default now. */
function known(
  declaration: FlagDeclaration,
  variant: string,
  reason: Evaluation['reason'],
): Evaluation {
  return Object.hasOwn(declaration.variants, variant)
    ? { variant, reason, experimentId: null }
    : { variant: declaration.default, reason: 'DEFAULT', experimentId: null };
}

/**
 * Where a visitor stands among all, from 0 to below 10,000, evenly and for good: whoever is within a share stays there
 * when it grows. Who is in and which variant they get are drawn apart, so that a growing share moves nobody from one
 * variant to another. Beyond every share without a key, but for those of everybody.
 */
export function placeOf(
  { salt }: Pick<Flag, 'salt'>,
  draw: 'roll-out' | 'variant',
  { targetingKey }: Pick<FlagVisitor, 'targetingKey'>,
): number {
  if (targetingKey === undefined) return WHOLE - 0.5;
  const digest = hash('sha256', `${salt}:${draw}:${targetingKey}`, 'buffer');
  return (digest.readUInt32BE(0) / 2 ** 32) * WHOLE;
}

/** The variant at a place, each having as much of the way as it weighs, in the order of their names. */
export function variantAt(weights: Weights, place: number): string {
  const names = Object.keys(weights).toSorted();
  const sum = names.reduce((total, name) => total + (weights[name] ?? 0), 0);
  let end = 0;
  const found = names.find((name) => {
    end += weights[name] ?? 0;
    return (place / WHOLE) * sum < end;
  });
  return found ?? names.at(-1) ?? '';
}

function meets(
  { attribute, not, values }: Condition,
  visitor: FlagVisitor,
  segments: ReadonlyMap<string, Segment>,
): boolean {
  return valuesOf(attribute, visitor, segments).some((value) => values.includes(value)) !== not;
}

function valuesOf(
  attribute: Condition['attribute'],
  { customerId, role, email, country }: FlagVisitor,
  segments: ReadonlyMap<string, Segment>,
): string[] {
  const domain = email?.split('@').at(-1)?.toLowerCase() ?? null;
  const given = {
    'signed-in': () => [customerId === null ? 'no' : 'yes'],
    role: () => [role],
    customer: () => [customerId],
    'email-domain': () => [domain],
    country: () => [country],
    segment: () =>
      [...segments.values()]
        .filter(
          ({ customerIds, emailDomains }) =>
            (customerId !== null && customerIds.includes(customerId)) ||
            (domain !== null && emailDomains.includes(domain)),
        )
        .map(({ key }) => key),
  };
  return given[attribute]().filter((value) => value !== null);
}
