import { invalid } from '../../shared/errors.ts';
import type { FlagDeclaration } from '../flags/declared.model.ts';
import { type Flag, servedVariants, WHOLE } from '../flags/flags.model.ts';
import { percentOf, percentText, rulesOf, rulesText } from '../flags/rules-text.model.ts';
import type { FlagInput } from '../flags/settings.model.ts';

/** A form's fields, as they were typed. */
export type Typed = Readonly<Record<string, string | undefined>>;

/** The form of a flag as it is set. */
export function typedFlag({
  version,
  enabled,
  rollout,
  rules,
  weights,
  experimentId,
}: Flag): Typed {
  const parts = Object.entries(weights).map(([name, weight]) => [`part-${name}`, String(weight)]);
  return {
    version: String(version),
    enabled: enabled ? 'on' : 'off',
    rollout: percentText(rollout),
    rules: rulesText(rules),
    variant: servedVariants(weights)[0],
    ...(experimentId !== null && { experiment: 'on' }),
    ...Object.fromEntries(parts),
  };
}

/** What the form of a flag asks for. @throws ShopError validation_failed. */
export function flagInput(
  typed: Typed,
  { scope, variants }: FlagDeclaration,
): FlagInput & { readonly version: number } {
  const common = { version: versionOf(typed), enabled: typed.enabled !== 'off' };
  if (scope === 'shop') {
    const weights = { [typed.variant ?? '']: 1 };
    return { ...common, rules: [], rollout: WHOLE, weights, experiment: false };
  }
  return {
    ...common,
    rules: rulesOf(typed.rules ?? ''),
    rollout: percentOf(typed.rollout ?? '', 'rollout'),
    weights: Object.fromEntries(Object.keys(variants).map((name) => [name, partOf(typed, name)])),
    experiment: typed.experiment === 'on',
  };
}

/** Which state of something its form was made of. @throws ShopError validation_failed. */
export function versionOf({ version = '' }: Typed): number {
  if (!/^\d{1,9}$/.test(version)) throw invalid('', 'Open the page again and send its form.');
  return Number(version);
}

function partOf(typed: Typed, variant: string): number {
  const name = `part-${variant}`;
  const text = typed[name]?.trim() || '0';
  if (!/^\d{1,4}$/.test(text) || Number(text) > 1000)
    throw invalid(name, 'Type a part from 0 to 1000.');
  return Number(text);
}
