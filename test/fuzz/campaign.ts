import fc from 'fast-check';
import type { NamedOperation } from '../support/contract/document.ts';
import type { Finding } from './checks.ts';
import { createTally, type Tally } from './report.ts';
import { type Shot, shotsAt } from './shots.ts';
import type { Outcome, World } from './world.ts';

/** Something that must not be, and the shortest way to it that was found. */
export interface Trouble extends Finding {
  readonly seed: number;
  readonly steps: readonly string[];
}

export interface Result {
  readonly troubles: readonly Trouble[];
  readonly tally: Tally;
  readonly sequences: number;
}

/** Sequences of a round: after each the audit looks at the shop, and everybody signs in anew. */
const ROUND = 150;
/** The longest sequence. */
const LENGTH = 8;

/** Thrown where a sequence meets something that must not be. */
class Met extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(`${finding.check}: ${finding.operation}: ${finding.detail}`);
    this.finding = finding;
  }
}

/**
 * Shoots sequences of requests at a shop until `isOver` says so. What is found is shortened, told, and passed over
 * from then on, so that it does not hide what else there is.
 * @param seed makes the same sequences again, on a shop that is new.
 */
export async function campaign(
  world: World,
  { seed, isOver }: { seed: number; isOver: (sequences: number) => boolean },
): Promise<Result> {
  const tally = createTally(world.operations.map(({ name }) => name));
  const troubles: Trouble[] = [];
  const isKnown = ({ check, operation }: Finding) =>
    troubles.some((known) => known.check === check && known.operation === operation);
  const shot = fc.oneof(
    ...world.operations.map((operation) => ({
      weight: weightOf(operation),
      arbitrary: shotsAt(operation),
    })),
  );
  let sequences = 0;

  async function fire(one: Shot): Promise<Outcome> {
    const outcome = await world.fire(one);
    tally.count(one, outcome);
    return outcome;
  }

  const property = fc.asyncProperty(
    fc.array(shot, { minLength: 1, maxLength: LENGTH }),
    async (shots) => {
      sequences += 1;
      for (const one of shots) {
        const { findings } = await fire(one);
        const found = findings.find((finding) => !isKnown(finding));
        if (found) throw new Met(found);
      }
    },
  );

  for (let round = 0; !isOver(sequences); round += 1) {
    await world.beginAnew();
    const details = await fc.check(property, { seed: seed + round, numRuns: ROUND });
    const met = details.errorInstance;
    if (met instanceof Met)
      troubles.push({
        ...met.finding,
        seed: seed + round,
        steps: (details.counterexample?.[0] ?? []).map((one) => JSON.stringify(one)),
      });
    else if (details.failed) throw met ?? new Error('the fuzzer itself failed');
    for (const finding of await world.audit())
      if (!isKnown(finding)) troubles.push({ ...finding, seed: seed + round, steps: [] });
  }
  return { troubles, tally, sequences };
}

/** What changes something is tried more often than what is only read, and money most often. */
function weightOf({ method, path }: NamedOperation): number {
  if (method === 'GET') return 2;
  return /orders|checkout|payments|webhooks\/stripe/.test(path) ? 6 : 3;
}
