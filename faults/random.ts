export type Random = ReturnType<typeof createRandom>;

/** A seeded source of chance (mulberry32): the same seed gives the same choices on every machine. */
export function createRandom(seed: number) {
  let state = seed >>> 0;

  /** From 0 up to, not including, 1. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  function integer(low: number, high: number): number {
    return low + Math.floor(next() * (high - low + 1));
  }

  function pick<T>(list: readonly T[]): T {
    const found = list[integer(0, list.length - 1)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  return {
    next,
    integer,
    pick,
    /** True with a probability from 0 to 1. */
    chance: (probability: number): boolean => next() < probability,
    /** A copy in another order. */
    shuffle<T>(list: readonly T[]): T[] {
      const left = [...list];
      return Array.from(list, () => left.splice(integer(0, left.length - 1), 1)).flat();
    },
    /** A source of its own, for somebody whose number of choices depends on time. */
    fork: () => createRandom(integer(0, 2 ** 31)),
  };
}
