import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSnapshot } from './check/run-checks.ts';
import type { Violation } from './check/violation.ts';
import { kinds } from './kinds/all.ts';
import { DEPLOY, deploy, openPredecessor, type Predecessor } from './kinds/deploy.ts';
import type { Kind, Scene } from './kinds/kind.ts';
import { History } from './load/history.ts';
import { startLoad } from './load/load.ts';
import type { Options } from './options.ts';
import { healWorld, letTimePass, waitForQuiet } from './quiet.ts';
import { createRandom } from './random.ts';
import { type Report, reportText } from './report.ts';
import { planFaults } from './schedule.ts';
import { strikeAll } from './strike.ts';
import { versionsOf } from './versions.ts';
import { weaknesses } from './weakness.ts';
import { buildWorld, type World } from './world/world.ts';

const root = join(import.meta.dirname, '..');
const RESERVATION_SECONDS = 10;
const QUIET_MS = 5 * 60_000;
/** A run this short does not wait for what comes due by itself. */
const SHORT_MINUTES = 2;

/** A run: the world, the load, the faults, quiet, the checks. Returns what was found. */
export async function runFaults(options: Options, say: (line: string) => void): Promise<Report> {
  const world = await buildWorld({ reservationSeconds: RESERVATION_SECONDS });
  const history = new History(join(world.folder, 'history.jsonl'));
  let report: Report | null = null;
  try {
    report = await faultsIn(world, history, options, say);
    await writeFile(reportPath(options, world), `${JSON.stringify(report, null, 2)}\n`);
    say(reportText(report));
    return report;
  } finally {
    await history.close();
    const keep = options.report === null || report === null || report.violations.length > 0;
    await world.close(keep);
    if (keep) say(`Report, history and logs: ${world.folder}`);
  }
}

function reportPath({ report }: Options, world: World): string {
  return report ?? join(world.folder, 'report.json');
}

async function faultsIn(
  world: World,
  history: History,
  options: Options,
  say: (line: string) => void,
): Promise<Report> {
  const { seed, minutes, only } = options;
  const chosen = kinds.filter(({ name }) => only === null || only.includes(name));
  const able = chosen.filter(({ missing }) => !missing);
  const skipped = Object.fromEntries(
    chosen.flatMap(({ name, missing }) => (missing ? [[name, missing]] : [])),
  );
  const planned = planFaults(able, { seed, ms: minutes * 60_000 });
  const wantsDeploy = only === null || only.includes(DEPLOY);
  const predecessor = wantsDeploy ? await openPredecessor(world, root) : null;
  if (wantsDeploy && !predecessor) skipped[DEPLOY] = 'there is no earlier version in this folder';
  if (!predecessor) await world.open();
  const versions = await versionsOf(root, predecessor?.commit ?? null);
  say(
    `Seed ${seed}, ${planned.length} faults in ${minutes} min; ${Object.values(versions).join(', ')}`,
  );

  const violations: Violation[] = [];
  const figures: Record<string, number> = {};
  const load = await startLoad(world, {
    history,
    random: createRandom(seed),
    shoppers: options.shoppers,
  });
  const scene: Scene = {
    world,
    history,
    hotVariantIds: load.variants.filter(({ hot }) => hot).map(({ id }) => id),
    setImpatience: load.setImpatience,
    violation: (what) => violations.push({ check: 'faults', what }),
    figure: (name, value) => {
      figures[name] = Math.max(figures[name] ?? 0, value);
    },
  };
  const struck = await strikeInTurn(scene, predecessor, planned, able, say);
  say('Healing; waiting for quiet');
  await healWorld(world);
  await load.stop();
  if (minutes <= SHORT_MINUTES) await letTimePass(world.database.db);
  const quiet = await waitForQuiet(world, QUIET_MS);
  const charges = await world.stripe.charges();
  violations.push(...(await checkSnapshot(world.database.db, { history, charges })));
  for (const what of Object.keys(quiet.left))
    violations.push({ check: 'quiet', what: `still under way: ${quiet.left[what]} ${what}` });
  violations.push(
    ...(await weaknesses({ world, history, options, planned, struck, skipped, kinds: able })),
  );
  return {
    seed,
    scenario: options.scenario,
    minutes,
    versions,
    planned,
    struck: Object.fromEntries(struck),
    skipped,
    counters: Object.fromEntries([...history.counters].sort()),
    figures,
    quiet,
    violations,
  };
}

async function strikeInTurn(
  scene: Scene,
  predecessor: Predecessor | null,
  planned: Parameters<typeof strikeAll>[1],
  able: readonly Kind[],
  say: (line: string) => void,
): Promise<Map<string, number>> {
  const deployed = predecessor ? await deploy(scene, predecessor) : 0;
  const struck = await strikeAll(scene, planned, able, say);
  if (predecessor) struck.set(DEPLOY, deployed);
  return struck;
}
