import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDependency } from '../../src/resilience/dependency.ts';
import { type Classify, DependencyUnavailable } from '../../src/resilience/failure.ts';
import { createGuard, type GuardOptions } from '../../src/resilience/guard.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

class Trouble extends Error {
  readonly retryAfterMs: number | null = null;
}
class Throttled extends Trouble {
  override readonly retryAfterMs = 700;
}
class Refused extends Error {}

const classify: Classify = (error) =>
  error instanceof Trouble
    ? { kind: 'failed', retry: true, retryAfterMs: error.retryAfterMs }
    : { kind: 'refused' };

const LIMITS: GuardOptions = {
  deadlineMs: 8000,
  tryMs: 3000,
  tries: 3,
  concurrent: 50,
  queue: 10,
};

function setUp(limits: Partial<GuardOptions> = {}) {
  const metrics = createMetrics();
  const logger = createLogger('silent');
  const warn = vi.spyOn(logger, 'warn');
  const dependency = createDependency('there', { classify, slowMs: 2000 }, { metrics, logger });
  const guard = createGuard(dependency, { ...LIMITS, ...limits });
  const fail = async () => {
    throw new Trouble('broken');
  };
  /** What a call ends in, with time passing as fast as it is needed. */
  const outcome = async (work: () => Promise<unknown>) => {
    const ended = guard.call('work', work).then(
      (value) => value,
      (error: unknown) => error,
    );
    await vi.advanceTimersByTimeAsync(10_000);
    return ended;
  };
  /** Opens the circuit: twenty failures, at once. */
  const breakIt = () =>
    Promise.allSettled(Array.from({ length: 20 }, () => guard.call('work', fail)));
  const circuit = async () =>
    (await metrics.dependencyCircuit.get()).values.map(({ value }) => value)[0];
  return { metrics, warn, dependency, guard, fail, outcome, breakIt, circuit };
}

describe('a guarded call', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is tried three times at most where the dependency fails', async () => {
    const { outcome } = setUp();
    const work = vi.fn(async () => {
      throw new Trouble('broken');
    });
    expect(await outcome(work)).toBeInstanceOf(Trouble);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('is not tried again where it was refused, however often, and the circuit stays closed', async () => {
    const { outcome, circuit, dependency } = setUp();
    const work = vi.fn(async () => {
      throw new Refused('declined');
    });
    for (let nth = 0; nth < 40; nth += 1) expect(await outcome(work)).toBeInstanceOf(Refused);
    expect(work).toHaveBeenCalledTimes(40);
    expect([await circuit(), dependency.budget.tokens]).toEqual([0, 10]);
  });

  it('waits at least as long as the dependency asked before it is tried again', async () => {
    const { guard } = setUp();
    const times: number[] = [];
    const call = guard.call('work', async () => {
      times.push(Date.now());
      if (times.length === 1) throw new Throttled('slow down');
      return 'done';
    });
    await vi.advanceTimersByTimeAsync(2000);
    expect(await call).toBe('done');
    const waited = (times[1] ?? 0) - (times[0] ?? 0);
    expect(waited).toBeGreaterThanOrEqual(750);
    expect(waited).toBeLessThanOrEqual(800);
  });

  it('costs one try once the retry budget is spent', async () => {
    const { guard, fail } = setUp();
    const work = vi.fn(fail);
    for (let nth = 0; nth < 15; nth += 1) {
      const ended = guard.call('work', work).catch(() => {});
      await vi.advanceTimersByTimeAsync(3000);
      await ended;
    }
    // Tokens 10, 9, 8, 7, 6: five failures, of which the first two calls retry what they may.
    expect(work.mock.calls.length).toBeLessThanOrEqual(15 + 4);
    expect(work.mock.calls.length).toBeGreaterThan(15);
  });

  it('fails when a try has no answer in time, and when the whole has none', async () => {
    const { outcome } = setUp({ deadlineMs: 5000 });
    const work = vi.fn(() => new Promise(() => {}));
    const error = await outcome(work);
    expect(error).toMatchObject({ reason: 'deadline' });
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('ends at once when nothing may be waited for any more, and asks nothing from then on', async () => {
    const leaving = new AbortController();
    const { guard, outcome } = setUp({ until: leaving.signal });
    const silent = expect(guard.call('work', () => new Promise(() => {}))).rejects.toMatchObject({
      reason: 'deadline',
    });
    leaving.abort();
    await silent;
    const work = vi.fn(async () => 1);
    expect(await outcome(work)).toMatchObject({ reason: 'deadline' });
    expect(work).not.toHaveBeenCalled();
  });

  it('is refused at once when too many are under way and wait', async () => {
    const { guard } = setUp({ concurrent: 2, queue: 1 });
    const held = [1, 2, 3].map(() =>
      guard.call('work', () => new Promise(() => {})).catch(() => {}),
    );
    await expect(guard.call('work', async () => 1)).rejects.toMatchObject({ reason: 'overloaded' });
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(held);
  });
});

describe('a circuit', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('opens when half of twenty calls fail, says for how long, and warns once', async () => {
    const { guard, breakIt, circuit, warn } = setUp({ tries: 1 });
    await breakIt();
    expect(await circuit()).toBe(2);
    const work = vi.fn(async () => 1);
    await expect(guard.call('work', work)).rejects.toEqual(
      new DependencyUnavailable('there', 'circuit_open', 10),
    );
    expect(work).not.toHaveBeenCalled();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('stays closed for nineteen failures, and for failures of which the window has seen the last', async () => {
    const { guard, fail, circuit } = setUp({ tries: 1 });
    for (let nth = 0; nth < 19; nth += 1) await guard.call('work', fail).catch(() => {});
    expect(await circuit()).toBe(0);
    await vi.advanceTimersByTimeAsync(31_000);
    await guard.call('work', fail).catch(() => {});
    expect(await circuit()).toBe(0);
  });

  it('opens for answers that are slow', async () => {
    const { guard, circuit } = setUp({ tries: 1 });
    const slow = () => new Promise((resolve) => setTimeout(resolve, 2500));
    const calls = Array.from({ length: 20 }, () => guard.call('work', slow));
    await vi.advanceTimersByTimeAsync(3000);
    await Promise.all(calls);
    expect(await circuit()).toBe(2);
  });

  it('lets three probes through after its pause, and closes when they succeed', async () => {
    const { guard, breakIt, circuit } = setUp({ tries: 1 });
    await breakIt();
    await vi.advanceTimersByTimeAsync(10_000);
    const finish: (() => void)[] = [];
    const work = vi.fn(() => new Promise<void>((resolve) => finish.push(resolve)));
    const probes = [1, 2, 3].map(() => guard.call('work', work));
    await expect(guard.call('work', work)).rejects.toMatchObject({
      reason: 'circuit_open',
      retryAfterSeconds: 1,
    });
    expect([work.mock.calls.length, await circuit()]).toEqual([3, 1]);
    for (const end of finish) end();
    await Promise.all(probes);
    expect(await circuit()).toBe(0);
    expect(await guard.call('work', async () => 'through')).toBe('through');
  });

  it('opens for twice as long after a failed probe, a minute at most', async () => {
    const { guard, fail, breakIt } = setUp({ tries: 1 });
    await breakIt();
    const waits: number[] = [];
    for (let nth = 0; nth < 5; nth += 1) {
      const error = await guard.call('work', fail).catch((caught: unknown) => caught);
      const { retryAfterSeconds } = error as DependencyUnavailable;
      waits.push(retryAfterSeconds);
      await vi.advanceTimersByTimeAsync(retryAfterSeconds * 1000);
      await guard.call('work', fail).catch(() => {});
    }
    expect(waits).toEqual([10, 20, 40, 60, 60]);
  });

  it.each(['back', 'forward'])('pauses as long as ever where the clock is set %s', async (way) => {
    const { guard, breakIt, circuit } = setUp({ tries: 1 });
    await breakIt();
    vi.setSystemTime(Date.now() + (way === 'back' ? -1 : 1) * 3_600_000);
    await vi.advanceTimersByTimeAsync(9000);
    await expect(guard.call('work', async () => 1)).rejects.toEqual(
      new DependencyUnavailable('there', 'circuit_open', 1),
    );
    await vi.advanceTimersByTimeAsync(1000);
    for (const _ of [1, 2, 3]) expect(await guard.call('work', async () => 1)).toBe(1);
    expect(await circuit()).toBe(0);
  });

  it('forgets failures that have left the window where the clock is set back', async () => {
    const { guard, fail, circuit } = setUp({ tries: 1 });
    for (let nth = 0; nth < 19; nth += 1) await guard.call('work', fail).catch(() => {});
    vi.setSystemTime(Date.now() - 3_600_000);
    await vi.advanceTimersByTimeAsync(31_000);
    await guard.call('work', fail).catch(() => {});
    expect(await circuit()).toBe(0);
  });

  it('does not close for probes that found no room', async () => {
    const { dependency, breakIt, circuit } = setUp({ tries: 1 });
    const narrow = createGuard(dependency, { ...LIMITS, concurrent: 1, queue: 0, tries: 1 });
    await breakIt();
    await vi.advanceTimersByTimeAsync(10_000);
    const held = narrow.call('work', () => new Promise(() => {})).catch(() => {});
    for (const _ of [1, 2, 3, 4]) await narrow.call('work', async () => 1).catch(() => {});
    expect(await circuit()).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    await held;
    expect(await circuit()).toBe(2);
  });
});
