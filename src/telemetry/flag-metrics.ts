import type { MetricKinds } from './metric-kinds.ts';

/** Feature flags: what was asked, how fresh the answers are, and what experiments lost. */
export function flagMetrics({ counter, read }: MetricKinds) {
  let age = () => 0;
  read(
    'flags_age_seconds',
    'Time since the flags that a process holds were read from the database, in seconds.',
    function collect() {
      this.set(age());
    },
  );
  return {
    /** Says how to see the age of the flags. */
    watchFlags(ageSeconds: () => number): void {
      age = ageSeconds;
    },
    flagEvaluations: counter(
      'flag_evaluations_total',
      'Flags that were asked for, by flag and the variant that was given.',
      'flag',
      'variant',
    ),
    flagExposures: counter(
      'flag_exposures_total',
      'First sights of an experiment by a visitor that were written down, by flag and variant.',
      'flag',
      'variant',
    ),
    flagExposuresDropped: counter(
      'flag_exposures_dropped_total',
      'First sights of an experiment that were not written down, as too many waited or they could not be.',
    ),
  };
}
