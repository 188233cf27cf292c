import { becomeReady, knowWhoAnswers, smoke } from './checks.ts';
import { type Window, windowBetween } from './metrics.ts';
import { CannotBegin, EXIT, Refused } from './outcome.ts';
import { soak } from './soak.ts';
import { type Colour, other, type Rollout, type State } from './state.ts';
import { look } from './watch.ts';
import type { World } from './world.ts';

type Asked = Pick<Rollout, 'release' | 'steps' | 'expected'>;

const NOTHING: Window = { requests: 0, failures: 0, p95: Number.NaN };

/**
 * Brings a release to all of the traffic, step by step, or takes it back as soon as it is worse than the one before.
 * One that is under way already is gone on with.
 * @returns the exit code
 * @throws CannotBegin while another release is on its way, or a place is somebody else's
 */
export async function release(world: World, asked: Asked): Promise<number> {
  const { rollout } = world.state.read();
  if (rollout !== null && rollout.release !== asked.release)
    throw new CannotBegin(`${rollout.release} is on its way: resume or undo that first`);
  if (rollout === null) {
    await knowWhoAnswers(world.config, world.instances);
    begin(world, asked);
  }
  return goOn(world);
}

/** Goes on with what a run before this one did not bring to its end. @returns the exit code */
export async function goOn(world: World): Promise<number> {
  const { rollout } = world.state.read();
  if (rollout === null) throw new CannotBegin('nothing is on its way');
  if (rollout.phase === 'undoing') return undo(world, rollout.reason ?? 'it was being undone');
  if (rollout.phase === 'finishing') return finish(world);
  try {
    const before = rollout.phase === 'preparing' ? await prepare(world) : NOTHING;
    if (world.state.read().live !== null) await shift(world, before);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return undo(world, error.message);
  }
  return finish(world);
}

/** Takes back what is on its way. @returns the exit code */
export async function takeBack(world: World): Promise<number> {
  const { rollout } = world.state.read();
  if (rollout === null) throw new CannotBegin('nothing is on its way');
  if (rollout.phase === 'finishing')
    throw new CannotBegin(
      `${rollout.release} has all of the traffic: resume, then release the one before again`,
    );
  return undo(world, 'somebody asked for it');
}

function begin({ state, say }: World, { release: name, steps, expected }: Asked): void {
  const now = state.read();
  const to = now.live === null ? 'blue' : other(now.live);
  const id = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const rollout: Rollout = { id, release: name, to, steps, expected, phase: 'preparing', step: 0 };
  state.write({ ...now, rollout });
  say(
    `release ${name} goes to ${to}${now.live === null ? '' : `, beside ${now.releases[now.live]} on ${now.live}`}`,
  );
}

/**
 * Starts the release in its place, on the schema that it needs, and looks whether it is fit for shoppers.
 * @returns what the old release did meanwhile
 */
async function prepare(world: World): Promise<Window> {
  const { config, instances, say, stop } = world;
  const { release: name, to } = current(world);
  const { live } = world.state.read();
  const before = live === null ? null : await look(config, live);
  // What a run that was killed had begun to start.
  await instances.stop(to);
  await instances.migrate(to, name);
  say('migrations are applied');
  await instances.start(to, name);
  await becomeReady(config, instances, to, stop);
  say(`${to} is ready, and is ${await smoke(config, current(world))}`);
  stop.throwIfAborted();
  const after = live === null ? null : await look(config, live);
  const known = before?.sample && after?.sample;
  return known ? windowBetween(before.sample, after.sample) : NOTHING;
}

/** Gives the release more and more of the traffic, as long as it is no worse than the old one. */
async function shift(world: World, calm: Window): Promise<void> {
  const { config, proxy, say } = world;
  const { steps, step: reached } = current(world);
  let before = calm;
  for (const [step, share] of [...steps.entries()].slice(reached)) {
    const rollout = move(world, { phase: 'shifting', step });
    await proxy.send({ name: `${rollout.id} ${share}`, to: rollout.to, share, spare: true });
    say(`${share} % of the traffic goes to ${rollout.to}`);
    const { old } = await soak(config, rollout, { before, calm }, world);
    before = old;
  }
}

/** Makes the release the one that is live: the old one gets nothing more, ends what is under way, and stops. */
async function finish(world: World): Promise<number> {
  const { instances, proxy, state, say } = world;
  const { id, release: name, to } = move(world, { phase: 'finishing' });
  const { live, releases } = state.read();
  await standUp(world, to, name);
  const settled = { name: id, to, share: 100, spare: false };
  if (live === null) {
    proxy.prepare(settled);
    say('the proxy has its file: start it now, or have it read its files anew');
  } else {
    await proxy.send(settled);
    const { byItself } = await instances.stop(other(to));
    say(
      byItself
        ? `${other(to)} has ended what was under way and stopped`
        : `${other(to)} was cut off: it did not stop in time`,
    );
  }
  state.write({ live: to, releases: { ...releases, [to]: name }, rollout: null });
  say(`released: ${name} has all of the traffic, on ${to}`);
  return EXIT.released;
}

/** Gives all of the traffic back to the old release at once, and stops the new one. */
async function undo(world: World, reason: string): Promise<number> {
  const { instances, proxy, state, say } = world;
  const { id, release: name, to, phase } = current(world);
  say(`undoing: ${reason}`);
  move(world, { phase: 'undoing', reason });
  const { live, releases } = state.read();
  if (live !== null && phase !== 'preparing') {
    await standUp(world, live, releases[live]);
    await proxy.send({ name: `${id} undone`, to: live, share: 100, spare: false });
    say(`all of the traffic goes to ${live}`);
  }
  const { byItself } = await instances.stop(to);
  say(byItself ? `${to} has stopped` : `${to} was cut off: it did not stop in time`);
  state.write({ ...state.read(), rollout: null });
  say(`undone: ${name} is not released (${reason})`);
  return EXIT.undone;
}

/** Starts what is to have the traffic where it does not run any more, as after the end of the machine. */
async function standUp(
  { config, instances }: World,
  colour: Colour,
  name: string | null,
): Promise<void> {
  if (name === null || (await instances.runs(colour))) return;
  await instances.start(colour, name);
  await becomeReady(config, instances, colour);
}

/** What is on its way; every caller knows that something is. */
function current({ state }: Pick<World, 'state'>): Rollout {
  const { rollout } = state.read();
  if (rollout === null) throw new Error('nothing is on its way');
  return rollout;
}

/** Notes how far the release has come, before that is begun. */
function move(world: World, change: Partial<Rollout>): Rollout {
  const rollout = { ...current(world), ...change };
  world.state.write({ ...world.state.read(), rollout });
  return rollout;
}

/** Where releases stand, a line each. */
export function describe({ live, releases, rollout }: State): string[] {
  if (live === null && rollout === null) return ['nothing was released yet'];
  return [
    live === null ? 'nothing is live yet' : `live: ${releases[live]} on ${live}`,
    ...(rollout === null
      ? []
      : [
          `on its way: ${rollout.release} to ${rollout.to}, ${rollout.phase}, step ${rollout.step + 1} of ${rollout.steps.join(', ')} %`,
        ]),
  ];
}
