import type { FlagDeclaration } from './declared.model.ts';
import { servedVariants, type Weights } from './flags.model.ts';
import {
  type Interval,
  isLopsided,
  newcombe,
  type Proportion,
  rateOf,
  wilson,
  zFor,
} from './statistics.model.ts';

/** One rate of one variant, and how it compares with the control's. */
export interface Outcome extends Proportion {
  readonly rate: number;
  /** Where the true rate lies, 95 %. */
  readonly between: Interval;
  /** Less the control's rate; null for the control. */
  readonly difference: (Interval & { readonly seen: number }) | null;
  readonly verdict: Verdict;
}

/** `control`: what the others are compared with. `early`: not enough data to say anything. */
export type Verdict = 'control' | 'early' | 'better' | 'worse' | 'open';

export interface VariantResult {
  readonly variant: string;
  readonly weight: number;
  readonly visitors: number;
  readonly ordered: Outcome;
  readonly paid: Outcome;
}

export interface ExperimentResult {
  readonly id: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly variants: readonly VariantResult[];
  /** Visitors are divided otherwise than they were meant to be: believe none of it. */
  readonly lopsided: boolean;
  /** Visitors who saw another variant later; the first counts. */
  readonly strayed: number;
}

type Counts = Readonly<Record<'visitors' | 'ordered' | 'paid', number>>;

/** What a rate of each variant needs before it is compared: visitors, and of them those who did and those who did not. */
export const ENOUGH = { visitors: 100, outcomes: 10 } as const;

/** What an experiment came to. The control is the variant that is served while the flag is off, where it is in. */
export function resultsOf(
  experiment: { id: string; startedAt: Date; endedAt: Date | null; weights: Weights },
  declaration: Pick<FlagDeclaration, 'off'>,
  counts: ReadonlyMap<string, Counts & { readonly strayed: number }>,
): ExperimentResult {
  const { weights, ...rest } = experiment;
  const served = servedVariants(weights);
  const control = served.includes(declaration.off) ? declaration.off : (served[0] ?? '');
  const names = [control, ...served.filter((name) => name !== control).toSorted()];
  const of = (name: string): Counts => counts.get(name) ?? { visitors: 0, ordered: 0, paid: 0 };
  const z = zFor(names.length - 1);
  const outcome = (name: string, what: 'ordered' | 'paid') =>
    outcomeOf(
      proportion(of(name), what),
      name === control ? null : proportion(of(control), what),
      z,
    );
  return {
    ...rest,
    variants: names.map((variant) => ({
      variant,
      weight: weights[variant] ?? 0,
      visitors: of(variant).visitors,
      ordered: outcome(variant, 'ordered'),
      paid: outcome(variant, 'paid'),
    })),
    lopsided: isLopsided(
      names.map((name) => ({ seen: of(name).visitors, weight: weights[name] ?? 0 })),
    ),
    strayed: [...counts.values()].reduce((sum, { strayed }) => sum + strayed, 0),
  };
}

function proportion({ visitors, ...counts }: Counts, what: 'ordered' | 'paid'): Proportion {
  return { count: counts[what], of: visitors };
}

function outcomeOf(own: Proportion, control: Proportion | null, z: number): Outcome {
  const rate = rateOf(own);
  const measured = { ...own, rate, between: wilson(own) };
  if (control === null) return { ...measured, difference: null, verdict: 'control' };
  const { low, high } = newcombe(own, control, z);
  const difference = { low, high, seen: rate - rateOf(control) };
  return { ...measured, difference, verdict: verdictOf(own, control, difference) };
}

function verdictOf(own: Proportion, control: Proportion, { low, high }: Interval): Verdict {
  const isEnough = ({ count, of }: Proportion) =>
    of >= ENOUGH.visitors && count >= ENOUGH.outcomes && of - count >= ENOUGH.outcomes;
  if (!isEnough(own) || !isEnough(control)) return 'early';
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'open';
}
