import type { MetricKinds } from './metric-kinds.ts';

const DURATIONS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20];

/** The values of `dependency_circuit_state`. */
export const CIRCUIT = { closed: 0, halfOpen: 1, open: 2 } as const;

/** Calls to the services that the shop depends on. */
export function dependencyMetrics({ counter, gauge, seconds }: MetricKinds) {
  return {
    dependencyCircuit: gauge(
      'dependency_circuit_state',
      'State of the circuit of a service that the shop calls: 0 closed, 1 half open, 2 open.',
      'dependency',
    ),
    dependencyCalls: counter(
      'dependency_calls_total',
      'Tries by outcome (ok, refused, busy, failed, timeout), and calls that were not made or cut short (circuit_open, overloaded, deadline).',
      'dependency',
      'operation',
      'outcome',
    ),
    dependencyDuration: seconds(
      'dependency_call_duration_seconds',
      'Time of one try of a call to a dependency, in seconds.',
      DURATIONS,
      'dependency',
      'operation',
    ),
    dependencyRetries: counter(
      'dependency_retries_total',
      'Tries after the first of a call.',
      'dependency',
      'operation',
    ),
    dependencyBudget: gauge(
      'dependency_retry_budget_tokens',
      'Tokens left of 10; at 5 or fewer nothing is tried again.',
      'dependency',
    ),
  };
}
