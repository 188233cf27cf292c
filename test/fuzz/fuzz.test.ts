import { afterAll, beforeAll, expect, test } from 'vitest';
import { campaign } from './campaign.ts';
import { report, troubleInWords } from './report.ts';
import { startWorld, type World } from './world.ts';

/** By hand (`npm run fuzz`): how long, and from which seed. Otherwise little, and always the same. */
const minutes = Number(process.env.FUZZ_MINUTES ?? 0);
const seed = Number(process.env.FUZZ_SEED ?? 20260501);
const SEQUENCES = 600;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test(`whatever is sent to the API (seed ${seed}), it answers as its document says, refuses without a trace and tells nobody of others`, {
  timeout: minutes * 60_000 + 300_000,
}, async () => {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const result = await campaign(world, {
    seed,
    isOver: (sequences) => (minutes > 0 ? seconds() > minutes * 60 : sequences >= SEQUENCES),
  });
  process.stdout.write(`${report(result, { seconds: seconds(), whole: minutes > 0 })}\n`);
  expect(result.troubles.map(troubleInWords)).toEqual([]);
  // What nobody got through to was hardly tried.
  expect(result.tally.untried()).toEqual([]);
  expect(result.tally.neverWell().length).toBeLessThan(world.operations.length / 5);
});
