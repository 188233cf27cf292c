import {
  bulkhead,
  DelegateBackoff,
  handleWhen,
  isTaskCancelledError,
  type RetryPolicy,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { pauseBefore } from './backoff.ts';
import type { Dependency } from './dependency.ts';
import { CallTimeout, DependencyUnavailable } from './failure.ts';

const WAIT_AFTER_DEADLINE_SECONDS = 5;

export interface GuardOptions {
  /** For the whole call with its retries, in milliseconds. */
  readonly deadlineMs: number;
  /** For one try, in milliseconds. */
  readonly tryMs: number;
  /** How often it is tried at most; 1 for what must not be repeated. */
  readonly tries: number;
  /** Calls under way at once, and how many may wait for one of them to end. */
  readonly concurrent: number;
  readonly queue: number;
  /** Once it is aborted no answer is waited for any more, and nothing is asked. */
  readonly until?: AbortSignal | undefined;
}

/** Calls a dependency for one purpose, within its own share of what may be under way. */
export interface Guard {
  /** For one try, in milliseconds: what the vendor's client should give up after, too. */
  readonly tryMs: number;
  /**
   * Makes a call, which may be made again: it must be safe to repeat unless the guard allows one try.
   * @param operation names it in metrics: bounded, never an id.
   * @throws DependencyUnavailable when it was not made or not finished in time, else what the last try threw.
   */
  call<T>(operation: string, work: () => Promise<T>): Promise<T>;
}

/** Total deadline → retries → circuit → bulkhead → time of one try, outermost first. */
export function createGuard(dependency: Dependency, options: GuardOptions): Guard {
  const { name, metrics } = dependency;
  const deadline = timeout(options.deadlineMs, TimeoutStrategy.Aggressive);
  const room = bulkhead(options.concurrent, options.queue);
  const retries = wrap(deadline, retryPolicy(dependency, options));

  return {
    tryMs: options.tryMs,
    async call<T>(operation: string, work: () => Promise<T>): Promise<T> {
      const labels = { dependency: name, operation };
      const count = (outcome: Outcome) => metrics.dependencyCalls.inc({ ...labels, outcome });
      const attempt = async (outer: AbortSignal) => {
        const started = performance.now();
        const stop = metrics.dependencyDuration.startTimer(labels);
        try {
          const value = await withinTry(options.tryMs, work, outer);
          dependency.budget.succeeded();
          count('ok');
          return { value, slow: performance.now() - started >= dependency.slowMs };
        } catch (error) {
          const failure = dependency.failureOf(error);
          if (failure.kind === 'failed') dependency.budget.failed();
          count(error instanceof CallTimeout ? 'timeout' : failure.kind);
          throw error;
        } finally {
          stop();
          metrics.dependencyBudget.set({ dependency: name }, dependency.budget.tokens);
        }
      };
      try {
        const { value } = await retries.execute(({ signal, attempt: retried }) => {
          // A retry that waited beyond the deadline has nobody to tell.
          if (signal.aborted) throw new TaskCancelledError();
          if (room.executionSlots + room.queueSlots === 0)
            throw new DependencyUnavailable(name, 'overloaded', 1);
          if (retried > 0) metrics.dependencyRetries.inc(labels);
          return dependency.throughCircuit(
            () => room.execute(() => attempt(signal), signal),
            signal,
          );
        }, options.until);
        return value;
      } catch (error) {
        const cut = isTaskCancelledError(error)
          ? new DependencyUnavailable(name, 'deadline', WAIT_AFTER_DEADLINE_SECONDS, error)
          : error;
        if (cut instanceof DependencyUnavailable) count(cut.reason);
        throw cut;
      }
    },
  };
}

type Outcome = 'ok' | 'refused' | 'busy' | 'failed' | 'timeout' | DependencyUnavailable['reason'];

/** Tries again what may be, while the budget lasts and the wait leaves time for an answer. */
function retryPolicy(dependency: Dependency, options: GuardOptions): RetryPolicy {
  const failureOf = (error: unknown) => dependency.failureOf(error);
  const worthwhile = (error: unknown): boolean => {
    const failure = failureOf(error);
    return (
      failure.kind !== 'refused' &&
      failure.retry &&
      (failure.retryAfterMs ?? 0) <= options.deadlineMs / 2 &&
      dependency.budget.allowsRetry
    );
  };
  return retry(handleWhen(worthwhile), {
    maxAttempts: options.tries - 1,
    backoff: new DelegateBackoff(({ attempt, result }) => {
      const failure = failureOf('error' in result ? result.error : null);
      return pauseBefore(attempt, failure.kind === 'refused' ? null : failure.retryAfterMs);
    }),
  });
}

/** One try; silence for `tryMs` is a failure of the dependency, an abort from outside the caller's deadline. */
async function withinTry<T>(tryMs: number, work: () => Promise<T>, outer: AbortSignal): Promise<T> {
  try {
    return await timeout(tryMs, TimeoutStrategy.Aggressive).execute(work, outer);
  } catch (error) {
    if (!isTaskCancelledError(error) || outer.aborted) throw error;
    throw new CallTimeout(`no answer within ${tryMs} ms`, { cause: error });
  }
}
