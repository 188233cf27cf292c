import { type CpuClock, perPiece } from './cpu.ts';
import type { Measured } from './load.ts';
import { median } from './median.ts';

/** What processes took of the processors for one of what was done, in microseconds. */
export type Costs = Readonly<Record<string, number>>;

/** Something that is measured against a floor. */
export interface Measure {
  readonly name: string;
  readonly floor: () => Promise<number>;
  readonly shop: () => Promise<Measured>;
  /** Whose time counts, where that is told of. */
  readonly clock?: CpuClock;
  /** The share of its floor that must be kept; 0: none. */
  readonly least: number;
}

export type Line = Awaited<ReturnType<typeof measureInTurn>>[number];

/** The medians of so many rounds after one that warms up, each against its floor in turn; between them `warmedUp`. */
export async function measureInTurn(
  measures: readonly Measure[],
  {
    rounds,
    seconds,
    say,
    warmedUp,
  }: {
    rounds: number;
    seconds: number;
    say: (line: string) => void;
    warmedUp: () => Promise<void>;
  },
) {
  const taken = measures.map((one) => ({
    ...one,
    floors: [] as { rate: number; costs: Costs }[],
    found: [] as (Measured & { costs: Costs })[],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    if (round === 1) await warmedUp();
    for (const { name, floor, shop, clock = async () => ({}), floors, found } of taken) {
      say(`${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${name}`);
      const times = [await clock()];
      const rate = await floor();
      times.push(await clock());
      const measured = await shop();
      times.push(await clock());
      if (round === 0) continue;
      const [before = {}, between = {}, after = {}] = times;
      floors.push({ rate, costs: perPiece(before, between, rate * seconds) });
      found.push({ ...measured, costs: perPiece(between, after, measured.answers) });
    }
  }
  return taken.map(({ name, least, floors, found }) => {
    const floor = median(floors.map((one) => one.rate));
    const rate = median(found.map((one) => one.rate));
    const p99 = median(found.map((one) => one.p99));
    const costs = { shop: medianCosts(found), floor: medianCosts(floors) };
    return { name, rate, p99, floor, ratio: rate / floor, least, costs };
  });
}

function medianCosts(all: readonly { costs: Costs }[]): Costs {
  const names = Object.keys(all[0]?.costs ?? {});
  return Object.fromEntries(
    names.map((name) => [name, Math.round(median(all.map(({ costs }) => costs[name] ?? 0)))]),
  );
}
