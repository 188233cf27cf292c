import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pauseAfter } from '../../src/modules/webhooks/webhooks.model.ts';
import { repeat, repeatToTheEnd } from '../../src/shared/repeat.ts';
import { shortMemory } from '../../src/shared/short-memory.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('work that is repeated', () => {
  it('pauses from the end of a round to the next, so that rounds never run side by side', async () => {
    const rounds: string[] = [];
    const { stop } = repeat(
      100,
      async () => {
        rounds.push('begun');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        rounds.push('ended');
      },
      () => undefined,
    );
    await vi.advanceTimersByTimeAsync(99);
    expect(rounds).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(rounds).toEqual(['begun']);
    await vi.advanceTimersByTimeAsync(1099);
    expect(rounds).toEqual(['begun', 'ended']);
    await vi.advanceTimersByTimeAsync(1);
    expect(rounds).toEqual(['begun', 'ended', 'begun']);
    await Promise.all([stop(), vi.advanceTimersByTimeAsync(1000)]);
  });

  it('goes on after a round that failed, which is told', async () => {
    const told: unknown[] = [];
    const failure = new Error('this round');
    let rounds = 0;
    const { stop } = repeat(
      100,
      async () => {
        rounds += 1;
        if (rounds === 1) throw failure;
      },
      (error) => told.push(error),
    );
    await vi.advanceTimersByTimeAsync(250);
    expect([rounds, told]).toEqual([2, [failure]]);
    await stop();
  });

  it('ends when it is told to, after the round under way', async () => {
    let ended = 0;
    const { stop } = repeat(
      100,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        ended += 1;
      },
      () => undefined,
    );
    await vi.advanceTimersByTimeAsync(120);
    const stopped = stop().then(() => ended);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await stopped).toBe(1);
    expect(ended).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('to the end is done once more when it is stopped, and what then fails is told', async () => {
    const turns: boolean[] = [];
    const told: unknown[] = [];
    const { stop } = repeatToTheEnd(
      100,
      async ({ last }) => {
        turns.push(last);
        if (last) throw new Error('the last time');
      },
      (error) => told.push(error),
    );
    await vi.advanceTimersByTimeAsync(150);
    expect(turns).toEqual([false]);
    await stop();
    expect([turns, told]).toEqual([[false, true], [new Error('the last time')]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that was stopped before its first round never begins', async () => {
    let rounds = 0;
    const { stop } = repeat(
      100,
      async () => {
        rounds += 1;
      },
      () => undefined,
    );
    await stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(rounds).toBe(0);
  });
});

describe('an answer that is kept for a moment', () => {
  it('is read once in five seconds, also for those who ask at the same time', async () => {
    let reads = 0;
    const memory = shortMemory(async (key) => {
      reads += 1;
      return `${key} ${reads}`;
    });
    expect(await Promise.all([memory.of('a'), memory.of('a'), memory.of('b')])).toEqual([
      ...['a 1', 'a 1', 'b 2'],
    ]);
    vi.advanceTimersByTime(4999);
    expect(await memory.of('a')).toBe('a 1');
    vi.advanceTimersByTime(1);
    expect(await memory.of('a')).toBe('a 3');
  });

  it('is kept no longer where the clock is set back', async () => {
    let reads = 0;
    const memory = shortMemory(async () => (reads += 1));
    await memory.of('a');
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(5000);
    expect(await memory.of('a')).toBe(2);
  });

  it('is forgotten when it is told to, or when there are ten thousand later ones', async () => {
    let reads = 0;
    const memory = shortMemory(async () => (reads += 1));
    await memory.of('a');
    memory.forget();
    expect(await memory.of('a')).toBe(2);
    for (let other = 1; other < 10_000; other += 1) await memory.of(`${other}`);
    reads = 0;
    await memory.of('one too many');
    await memory.of('a');
    expect(reads).toBe(2);
  });

  it('that was asked for is not the first to be forgotten', async () => {
    let reads = 0;
    const memory = shortMemory(async () => (reads += 1));
    await memory.of('a');
    for (let other = 1; other < 10_000; other += 1) await memory.of(`${other}`);
    await memory.of('a');
    await memory.of('one too many');
    reads = 0;
    await memory.of('a');
    expect(reads).toBe(0);
  });

  it('is none where reading failed: the next who asks reads again', async () => {
    let reads = 0;
    const memory = shortMemory(async () => {
      reads += 1;
      if (reads === 1) throw new Error('the database is away');
      return 'back';
    });
    await expect(memory.of('a')).rejects.toThrow('the database is away');
    expect(await memory.of('a')).toBe('back');
  });
});

describe('the pause after a failed delivery', () => {
  const HOUR = 3_600_000;
  const pauses = (chance: number) =>
    Array.from({ length: 9 }, (_, index) => pauseAfter(index + 1, null, () => chance));

  it('grows from seconds to a day, and after the tenth failure there is none', () => {
    expect(pauses(0)).toEqual([
      ...[5000, 30_000, 120_000, 600_000, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR],
    ]);
    expect(pauseAfter(10, null)).toBeNull();
  });

  it('is up to a fifth longer by chance, so that what failed together does not return together', () => {
    expect(pauses(0.5)[0]).toBe(5500);
    expect(pauses(1)[8]).toBe(28.8 * HOUR);
    const pause = Number(pauseAfter(1, null));
    expect(pause).toBeGreaterThanOrEqual(5000);
    expect(pause).toBeLessThanOrEqual(6000);
  });

  it('is as long as the endpoint asks, up to a day, and never shorter than it would be', () => {
    const asked = (failures: number, wish: number) => pauseAfter(failures, wish, () => 0);
    expect(asked(1, 90_000)).toBe(90_000);
    expect(asked(1, 1000)).toBe(5000);
    expect(asked(1, 100 * HOUR)).toBe(24 * HOUR);
    expect(asked(9, 1000)).toBe(24 * HOUR);
    expect(pauseAfter(1, 90_000, () => 1)).toBe(91_000);
  });
});
