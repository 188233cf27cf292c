import { invalid } from '../../shared/errors.ts';
import type { FlagDeclaration } from './declared.model.ts';
import {
  type Condition,
  type FlagSettings,
  type Rule,
  servedVariants,
  WHOLE,
} from './flags.model.ts';

/** What a flag may be set to. Its shape is the wire schema's; this is what goes beyond. */
export interface FlagInput extends FlagSettings {
  /** Whether an experiment is to run, which counts who saw what. */
  readonly experiment: boolean;
}

/** The settings that a flag may have. @throws ShopError validation_failed. */
export function acceptable(declaration: FlagDeclaration, input: FlagInput): FlagInput {
  const served = servedVariants(input.weights);
  const unknown = [
    ...Object.keys(input.weights),
    ...input.rules.map(({ variant }) => variant),
  ].find((variant) => !Object.hasOwn(declaration.variants, variant));
  if (unknown !== undefined) throw invalid('weights', `There is no variant ${unknown}.`);
  if (served.length === 0) throw invalid('weights', 'Some variant needs a part above 0.');
  if (declaration.scope === 'shop') assertAlike(input, served);
  if (input.experiment) assertComparable(input, served);
  return { ...input, rules: input.rules.map(cleaned) };
}

/** Answers that are kept for all hang on it. */
function assertAlike({ rules, rollout }: FlagInput, served: readonly string[]): void {
  const message = 'This flag is alike for everybody: one variant for all, without rules.';
  if (rules.length > 0) throw invalid('rules', message);
  if (rollout < WHOLE) throw invalid('rollout', message);
  if (served.length > 1) throw invalid('weights', message);
}

function assertComparable({ enabled, rollout }: FlagInput, served: readonly string[]): void {
  if (!enabled) throw invalid('experiment', 'A flag that is off has no experiment.');
  if (served.length < 2)
    throw invalid('experiment', 'An experiment compares two variants or more.');
  if (rollout === 0) throw invalid('experiment', 'An experiment needs a roll-out above 0.');
}

function cleaned(rule: Rule): Rule {
  return { ...rule, when: rule.when.map(cleanedCondition) };
}

/** As they are compared: countries in capitals, all else small. */
function cleanedCondition({ attribute, not, values }: Condition): Condition {
  const upper = attribute === 'country';
  return {
    attribute,
    not,
    values: values.map((value) => (upper ? value.toUpperCase() : value.toLowerCase())),
  };
}
