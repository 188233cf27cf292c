import { createRandom, type Random } from './random.ts';

/** What the schedule needs to know of a kind of fault. */
export interface Schedulable {
  readonly name: string;
  /** How long it lasts, from and to. */
  readonly seconds: readonly [number, number];
  /** What it holds while it lasts: two that hold the same thing never overlap. */
  readonly holds: readonly string[];
  /** One of these is struck, and held; none: the fault has but one place to strike. */
  readonly victims: readonly string[];
}

/** One planned fault. */
export interface Strike {
  readonly name: string;
  readonly victim: string | null;
  /** Milliseconds from the beginning of the faults. */
  readonly at: number;
  readonly ms: number;
  /** For choices within the fault. */
  readonly seed: number;
}

const LANES = 3;
const FIRST_AT_MS = 1_000;
const LONGEST_GAP_MS = 2_000;
/** Near the end only what is over by then begins. */
const TRIES = 60;

/**
 * Plans every fault up front from the seed. Each kind comes once before any comes again; faults of different lanes
 * overlap where they hold different things.
 */
export function planFaults(
  kinds: readonly Schedulable[],
  { seed, ms }: { seed: number; ms: number },
): Strike[] {
  const random = createRandom(seed);
  const planned: (Strike & { holds: readonly string[] })[] = [];
  const deck = endlessDeck(kinds, random);
  const lanes = Array.from(
    { length: LANES },
    () => FIRST_AT_MS + random.integer(0, LONGEST_GAP_MS),
  );
  for (let misses = 0; misses < TRIES && kinds.length > 0; ) {
    const lane = lanes.indexOf(Math.min(...lanes));
    const at = lanes[lane] ?? 0;
    if (at >= ms) break;
    const kind = deck((candidate) => fits(candidate, at, planned));
    const drawn = kind && draw(kind, at, random);
    if (!drawn || at + drawn.ms > ms || !isFree(drawn, planned)) {
      misses += 1;
      if (kind) deck.putBack(kind);
      lanes[lane] = at + 500;
      continue;
    }
    misses = 0;
    planned.push(drawn);
    lanes[lane] = at + drawn.ms + random.integer(0, LONGEST_GAP_MS);
  }
  return planned.map(({ holds, ...strike }) => strike).sort((a, b) => a.at - b.at);
}

function draw(kind: Schedulable, at: number, random: Random) {
  const victim = kind.victims.length > 0 ? random.pick(kind.victims) : null;
  const [shortest, longest] = kind.seconds;
  const ms = random.integer(shortest * 1000, longest * 1000);
  const holds = victim === null ? kind.holds : [...kind.holds, victim];
  return { name: kind.name, victim, at, ms, seed: random.integer(0, 2 ** 31), holds };
}

interface Taken {
  readonly at: number;
  readonly ms: number;
  readonly holds: readonly string[];
}

function isFree(wanted: Taken, planned: readonly Taken[]): boolean {
  return !planned.some(
    ({ at, ms, holds }) =>
      at < wanted.at + wanted.ms &&
      wanted.at < at + ms &&
      holds.some((held) => wanted.holds.includes(held)),
  );
}

function fits(kind: Schedulable, at: number, planned: readonly Taken[]): boolean {
  return isFree({ at, ms: 1, holds: kind.holds }, planned);
}

/** Draws kinds at random, each once before any again; what does not fit now keeps its turn. */
function endlessDeck(kinds: readonly Schedulable[], random: Random) {
  let left: Schedulable[] = [];
  const drawFitting = (suits: (kind: Schedulable) => boolean): Schedulable | undefined => {
    if (left.length === 0) left = random.shuffle(kinds);
    const index = left.findIndex(suits);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  return Object.assign(drawFitting, {
    putBack: (kind: Schedulable): void => void left.push(kind),
  });
}
