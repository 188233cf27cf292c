import { CircuitState, type IBreaker } from 'cockatiel';

const SLICE_MS = 1000;

interface Slice {
  readonly second: number;
  calls: number;
  failures: number;
}

/**
 * Says when a circuit opens: at least `minimumCalls` in the window, and `threshold` of them (0 to 1) or more failed.
 * cockatiel's own SamplingBreaker forgets a second only when another call comes, so that in a quiet shop the
 * failures of an hour would pass for those of half a minute.
 */
export class CallWindow implements IBreaker {
  state: unknown = null;
  readonly #options: { windowMs: number; minimumCalls: number; threshold: number };
  #slices: Slice[] = [];

  constructor(options: { windowMs: number; minimumCalls: number; threshold: number }) {
    this.#options = options;
  }

  success(state: CircuitState): void {
    if (state === CircuitState.HalfOpen) this.#slices = [];
    else this.#slice().calls += 1;
  }

  failure(state: CircuitState): boolean {
    if (state !== CircuitState.Closed) return true;
    const slice = this.#slice();
    slice.calls += 1;
    slice.failures += 1;
    const sum = (count: (slice: Slice) => number) =>
      this.#slices.reduce((total, one) => total + count(one), 0);
    const calls = sum((one) => one.calls);
    return (
      calls >= this.#options.minimumCalls &&
      sum((one) => one.failures) >= this.#options.threshold * calls
    );
  }

  /** The slice of this second, with what has left the window forgotten. */
  #slice(): Slice {
    const second = Math.floor(performance.now() / SLICE_MS);
    const oldest = second - this.#options.windowMs / SLICE_MS;
    this.#slices = this.#slices.filter((slice) => slice.second > oldest);
    const last = this.#slices.at(-1);
    if (last?.second === second) return last;
    const fresh = { second, calls: 0, failures: 0 };
    this.#slices.push(fresh);
    return fresh;
  }
}
