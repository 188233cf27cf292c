import { describe, expect, it } from 'vitest';
import { kinds } from '../../faults/kinds/all.ts';
import { createRandom } from '../../faults/random.ts';
import { planFaults, type Strike } from '../../faults/schedule.ts';

const HOUR_MS = 3_600_000;
const plan = (seed: number, ms = HOUR_MS / 6) => planFaults(kinds, { seed, ms });

/** What a strike holds while it lasts. */
function heldBy({ name, victim }: Strike): string[] {
  const kind = kinds.find((one) => one.name === name);
  return [...(kind?.holds ?? []), ...(victim === null ? [] : [victim])];
}

describe('the schedule of faults', () => {
  it('is the same for the same seed and another for another', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(8)).not.toEqual(plan(7));
  });

  it('strikes with every kind in ten minutes, and with none twice before each came once', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const times = new Map<string, number>();
      for (const { name } of plan(seed)) times.set(name, (times.get(name) ?? 0) + 1);
      expect([...times.keys()].sort()).toEqual(kinds.map(({ name }) => name).sort());
    }
  });

  it('overlaps faults, but never two that hold the same thing', () => {
    const planned = plan(11);
    let overlaps = 0;
    for (const [index, one] of planned.entries())
      for (const other of planned.slice(index + 1)) {
        if (other.at >= one.at + one.ms) continue;
        overlaps += 1;
        const shared = heldBy(one).filter((held) => heldBy(other).includes(held));
        expect([one, other, shared]).toEqual([one, other, []]);
      }
    expect(overlaps).toBeGreaterThan(10);
  });

  it('ends with its time', () => {
    for (const { at, ms } of plan(3, 60_000)) expect(at + ms).toBeLessThanOrEqual(60_000);
  });

  it('names every fault once, each with what it does', () => {
    expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
    expect(kinds.length).toBeGreaterThanOrEqual(25);
  });
});

describe('the seeded source of chance', () => {
  it('gives the same numbers for the same seed, evenly spread', () => {
    const numbers = (seed: number) => {
      const { next } = createRandom(seed);
      return Array.from({ length: 10_000 }, next);
    };
    expect(numbers(5)).toEqual(numbers(5));
    const mean = numbers(5).reduce((sum, value) => sum + value, 0) / 10_000;
    expect(mean).toBeGreaterThan(0.48);
    expect(mean).toBeLessThan(0.52);
  });

  it('shuffles without losing or doubling anything', () => {
    const list = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = createRandom(1).shuffle(list);
    expect(shuffled).not.toEqual(list);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(list);
  });
});
