/**
 * What a failed call says of its dependency: `refused` is an answer (a declined card, a wrong parameter) and speaks
 * for its health; `busy` is one too (somebody else is at the same object), to be asked again; `failed` (unreachable,
 * overloaded, broken) counts against it and may be tried again.
 */
export type Failure =
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'busy' | 'failed';
      readonly retry: boolean;
      /** How long the dependency asked us to wait, in milliseconds. */
      readonly retryAfterMs: number | null;
    };

/** Reads a failure out of what a call threw. */
export type Classify = (error: unknown) => Failure;

/** No answer within the time of one try. */
export class CallTimeout extends Error {}

/** The dependency was not asked, or not to the end: its circuit is open, too much is under way, or time is up. */
export class DependencyUnavailable extends Error {
  readonly reason: 'circuit_open' | 'overloaded' | 'deadline';
  readonly retryAfterSeconds: number;
  constructor(
    dependency: string,
    reason: DependencyUnavailable['reason'],
    retryAfterSeconds: number,
    cause?: unknown,
  ) {
    super(`${dependency} is not available: ${reason}`, { cause });
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
