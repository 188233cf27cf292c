/** So many of so many visitors. */
export interface Proportion {
  readonly count: number;
  readonly of: number;
}

/** Values between two bounds, both as parts of 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Bounds of a 95 % interval on both sides where so many variants are compared with one: Bonferroni's part of 5 % each. */
const Z_BY_COMPARISONS = [1.96, 1.96, 2.2414, 2.394, 2.4977, 2.5758, 2.6383, 2.6901, 2.7344, 2.773];

/** What a chi-squared value with so many degrees of freedom exceeds once in a thousand times by chance. */
const CHI_SQUARED_999 = [0, 10.828, 13.816, 16.266, 18.467, 20.515, 22.458, 24.322, 26.124, 27.877];

export function rateOf({ count, of }: Proportion): number {
  return of === 0 ? 0 : count / of;
}

/** The number of standard deviations that keeps all of several comparisons right in 95 of 100 experiments. */
export function zFor(comparisons: number): number {
  return Z_BY_COMPARISONS[comparisons] ?? 3;
}

/**
 * Where the true rate behind a proportion lies, by Wilson's score interval, which holds for rates near 0 too.
 * E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
 * Statistical Association 22 (1927) 209–212.
 */
export function wilson(proportion: Proportion, z = zFor(1)): Interval {
  const { of } = proportion;
  if (of === 0) return { low: 0, high: 1 };
  const rate = rateOf(proportion);
  const middle = rate + (z * z) / (2 * of);
  const reach = z * Math.sqrt((rate * (1 - rate)) / of + (z * z) / (4 * of * of));
  const whole = 1 + (z * z) / of;
  return {
    low: Math.max(0, (middle - reach) / whole),
    high: Math.min(1, (middle + reach) / whole),
  };
}

/**
 * Where the true difference of two rates (`treated` less `control`) lies, from the Wilson intervals of both.
 * R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
 * methods", Statistics in Medicine 17 (1998) 873–890, method 10.
 */
export function newcombe(treated: Proportion, control: Proportion, z = zFor(1)): Interval {
  const [a, b] = [rateOf(treated), rateOf(control)];
  const [ofA, ofB] = [wilson(treated, z), wilson(control, z)];
  return {
    low: a - b - Math.hypot(a - ofA.low, ofB.high - b),
    high: a - b + Math.hypot(ofA.high - a, b - ofB.low),
  };
}

/**
 * Whether visitors are divided otherwise than they were meant to be: Pearson's chi-squared test at one in a thousand,
 * as A. Fabijan et al. advise, "Diagnosing sample ratio mismatch in online controlled experiments", KDD 2019. Then
 * something loses or adds visitors of one variant, and no rate of the experiment can be believed.
 */
export function isLopsided(groups: readonly { readonly seen: number; readonly weight: number }[]) {
  const seen = groups.reduce((sum, group) => sum + group.seen, 0);
  const weights = groups.reduce((sum, { weight }) => sum + weight, 0);
  if (seen === 0) return false;
  const distance = groups.reduce((sum, group) => {
    const expected = (seen * group.weight) / weights;
    return sum + (group.seen - expected) ** 2 / expected;
  }, 0);
  return distance > (CHI_SQUARED_999[groups.length - 1] ?? Number.POSITIVE_INFINITY);
}
