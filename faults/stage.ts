import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSnapshot } from './check/run-checks.ts';
import type { Violation } from './check/violation.ts';
import { deploy, openPredecessor } from './kinds/deploy.ts';
import type { Scene } from './kinds/kind.ts';
import { History } from './load/history.ts';
import { type Load, startLoad } from './load/load.ts';
import type { Options } from './options.ts';
import { healWorld, letTimePass, type Quiet, waitForQuiet } from './quiet.ts';
import { createRandom } from './random.ts';
import { type Report, reportText } from './report.ts';
import { versionsOf } from './versions.ts';
import { buildWorld, type World } from './world/world.ts';

const root = join(import.meta.dirname, '..');
const RESERVATION_SECONDS = 10;
const QUIET_MS = 5 * 60_000;
/** A run this short does not wait for what comes due by itself. */
const SHORT_MINUTES = 2;

/** What is done to a world under load, and what came of it. */
export interface Act {
  /** Whether an earlier version serves first. */
  readonly deploys: boolean;
  /** Does it; everything it breaks it also heals. */
  perform(scene: Scene, say: (line: string) => void): Promise<Outcome>;
}

export interface Outcome extends Pick<Report, 'planned' | 'struck' | 'skipped'> {
  /** What only shows once the world is quiet. */
  violations(scene: Scene): Promise<readonly Violation[]>;
}

/** Plays an act: the world, the load, what is done to it, quiet, the checks. */
export async function play(
  act: Act,
  options: Options,
  say: (line: string) => void,
): Promise<Report> {
  const world = await buildWorld({ reservationSeconds: RESERVATION_SECONDS });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      say(`Interrupted by ${signal}; ending every process of the world`);
      void world.close(true).finally(() => process.exit(2));
    });
  const history = new History(join(world.folder, 'history.jsonl'));
  let clean = false;
  try {
    const report = await playIn(world, history, act, options, say);
    const path = options.report ?? join(world.folder, 'report.json');
    await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
    say(reportText(report));
    clean = report.violations.length === 0;
    return report;
  } finally {
    await history.close();
    const keep = options.report === null || !clean;
    await world.close(keep);
    if (keep) say(`Report, history and logs: ${world.folder}`);
  }
}

async function playIn(
  world: World,
  history: History,
  act: Act,
  options: Options,
  say: (line: string) => void,
): Promise<Report> {
  const { seed, minutes, scenario, shoppers } = options;
  const predecessor = act.deploys ? await openPredecessor(world, root) : null;
  if (!predecessor) await world.open();
  const versions = await versionsOf(root, predecessor?.commit ?? null);
  say(`Seed ${seed}: ${Object.values(versions).join(', ')}`);
  const load = await startLoad(world, { history, random: createRandom(seed), shoppers });
  const violations: Violation[] = [];
  const figures: Record<string, number> = {};
  const scene = sceneOf({ world, history, load, violations, figures });
  const deployed = predecessor ? await deploy(scene, predecessor) : 0;
  const consumersSince = predecessor ? new Date() : null;
  await load.registerMerchant();
  const merchantSince = new Date();

  const outcome = await act.perform(scene, say);
  say('Healing; waiting for quiet');
  await healWorld(world);
  await load.stop();
  if (minutes <= SHORT_MINUTES) await letTimePass(world.database.db);
  const quiet = await waitForQuiet(world, QUIET_MS);
  const charges = await world.stripe.charges();
  const { received } = world.merchant;
  const evidence = { history, charges, received, merchantSince, consumersSince };
  violations.push(...(await checkSnapshot(world.database.db, evidence)));
  violations.push(...unquiet(quiet), ...(await outcome.violations(scene)));
  return {
    seed,
    scenario,
    minutes,
    versions,
    planned: outcome.planned,
    struck: { ...(act.deploys ? { deploy: deployed } : {}), ...outcome.struck },
    skipped: outcome.skipped,
    counters: Object.fromEntries([...history.counters].sort()),
    figures,
    quiet,
    violations,
  };
}

function sceneOf({
  world,
  history,
  load,
  violations,
  figures,
}: {
  world: World;
  history: History;
  load: Load;
  violations: Violation[];
  figures: Record<string, number>;
}): Scene {
  return {
    world,
    history,
    hotVariantIds: load.variants.filter(({ hot }) => hot).map(({ id }) => id),
    setImpatience: load.setImpatience,
    addBrowsers: load.addBrowsers,
    violation: (what) => violations.push({ check: 'faults', what }),
    figure: (name, value) => {
      figures[name] = Math.max(figures[name] ?? 0, value);
    },
  };
}

function unquiet({ left }: Quiet): Violation[] {
  return Object.entries(left).map(([what, count]) => ({
    check: 'quiet',
    what: `still under way: ${count} ${what}`,
  }));
}
