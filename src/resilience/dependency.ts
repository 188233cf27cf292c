import {
  type CircuitBreakerPolicy,
  CircuitState,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
  isTaskCancelledError,
} from 'cockatiel';
import { CIRCUIT } from '../telemetry/dependency-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { CallWindow } from './call-window.ts';
import { CallTimeout, type Classify, DependencyUnavailable, type Failure } from './failure.ts';
import { RetryBudget } from './retry-budget.ts';

const WINDOW = { windowMs: 30_000, minimumCalls: 20, threshold: 0.5 };
const PROBES = 3;
const OPEN_MS = { first: 10_000, longest: 60_000 };

/** What a try brought, and whether it took so long that it counts as a failure of the dependency. */
export interface Timed {
  readonly slow: boolean;
}

/** A service that this shop calls: what is known of its health, shared by all who call it. */
export interface Dependency {
  readonly name: string;
  /** From when on an answer counts as slow, in milliseconds. */
  readonly slowMs: number;
  readonly budget: RetryBudget;
  readonly metrics: Metrics;
  failureOf(error: unknown): Failure;
  /** Makes a call if the circuit lets it through. @throws DependencyUnavailable when not. */
  throughCircuit<T extends Timed>(call: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/**
 * A dependency with one circuit and one retry budget. The circuit opens when half of at least 20 calls in 30 s failed
 * or were slow, for 10 s at first and up to a minute, and closes again after three good probes.
 */
export function createDependency(
  name: string,
  { classify, slowMs }: { classify: Classify; slowMs: number },
  { metrics, logger }: { metrics: Metrics; logger: Logger },
): Dependency {
  const failureOf = (error: unknown): Failure => {
    if (error instanceof CallTimeout) return { kind: 'failed', retry: true, retryAfterMs: null };
    // The caller's time ran out while it waited for the dependency.
    if (isTaskCancelledError(error)) return { kind: 'failed', retry: false, retryAfterMs: null };
    if (error instanceof DependencyUnavailable) return { kind: 'refused' };
    return classify(error);
  };
  let probeAt = 0;
  let probes = 0;
  const circuit = circuitBreaker(
    handleWhen((error) => failureOf(error).kind === 'failed').orWhenResult(
      (result) => (result as Timed).slow,
    ),
    {
      breaker: new CallWindow(WINDOW),
      halfOpenSampling: { calls: PROBES, threshold: 0 },
      halfOpenAfter: new DelegateBackoff(({ attempt }) => {
        const openMs = Math.min(OPEN_MS.longest, OPEN_MS.first * 2 ** (attempt - 1));
        probeAt = performance.now() + openMs;
        // Its own look at the time is passed at once: by the machine's clock, which may be set back, a pause has no end.
        return -Infinity;
      }),
    },
  );
  circuit.onHalfOpen(() => {
    probes = 0;
  });
  watch(circuit, name, { metrics, logger });
  const budget = new RetryBudget();
  metrics.dependencyBudget.set({ dependency: name }, budget.tokens);

  return {
    name,
    slowMs,
    budget,
    metrics,
    failureOf,
    throughCircuit(call, signal) {
      const wait = Math.max(0, probeAt - performance.now());
      const closed =
        (circuit.state === CircuitState.Open && wait > 0) ||
        (circuit.state === CircuitState.HalfOpen && probes >= PROBES);
      if (closed)
        return Promise.reject(
          new DependencyUnavailable(name, 'circuit_open', Math.max(1, Math.ceil(wait / 1000))),
        );
      const answer = circuit.execute(call, signal);
      // The first call after the pause turns the circuit half open, and is its first probe.
      if (circuit.state === CircuitState.HalfOpen) probes += 1;
      return answer;
    },
  };
}

function watch(
  circuit: CircuitBreakerPolicy,
  dependency: string,
  { metrics, logger }: { metrics: Metrics; logger: Logger },
): void {
  metrics.dependencyCircuit.set({ dependency }, CIRCUIT.closed);
  circuit.onBreak(() => {
    metrics.dependencyCircuit.set({ dependency }, CIRCUIT.open);
    logger.warn({ dependency }, 'circuit opened: calls are refused until a probe succeeds');
  });
  circuit.onHalfOpen(() => {
    metrics.dependencyCircuit.set({ dependency }, CIRCUIT.halfOpen);
    logger.warn({ dependency }, 'circuit half open: probing');
  });
  circuit.onReset(() => {
    metrics.dependencyCircuit.set({ dependency }, CIRCUIT.closed);
    logger.warn({ dependency }, 'circuit closed: calls go through again');
  });
}
