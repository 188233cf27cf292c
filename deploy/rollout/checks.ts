import { setTimeout } from 'node:timers/promises';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { ask } from './ask.ts';
import type { Config } from './config.ts';
import type { Instances } from './instances/instances.ts';
import { CannotBegin, Refused } from './outcome.ts';
import type { Colour, Rollout } from './state.ts';

/** What a release says of itself; one from before it said so says nothing. */
const Identity = Type.Object({
  version: Type.Optional(Type.String()),
  commit: Type.Optional(Type.String()),
});

/** Whether a place says that it can serve; what speaks against it otherwise. */
export async function unready(url: string): Promise<string | null> {
  return ask(`${url}/health/ready`).then(
    ({ status }) => (status === 200 ? null : `/health/ready says ${status}`),
    (error: Error) => `/health/ready does not answer (${error.message})`,
  );
}

/** @throws CannotBegin where a process that this program does not find, and could not stop, answers in a place */
export async function knowWhoAnswers(
  { addresses }: Pick<Config, 'addresses'>,
  instances: Instances,
): Promise<void> {
  for (const colour of ['blue', 'green'] as const) {
    const answers = await ask(`${addresses[colour].url}/health/live`).then(
      () => true,
      () => false,
    );
    if (answers && !(await instances.runs(colour)))
      throw new CannotBegin(
        `what answers on ${colour} was not started by this program: stop it, or see docs/rollout.md#set-up`,
      );
  }
}

/** Waits until a release that was started can serve. @throws Refused when it ends or takes too long */
export async function becomeReady(
  { addresses, limits }: Config,
  instances: Instances,
  colour: Colour,
  stop?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + 1000 * limits.readySeconds;
  for (;;) {
    const reason = await unready(addresses[colour].url);
    if (reason === null) return;
    stop?.throwIfAborted();
    if (!(await instances.runs(colour))) throw new Refused(`${colour} ended during its start`);
    if (performance.now() > deadline)
      throw new Refused(`${colour} is not ready after ${limits.readySeconds} s: ${reason}`);
    await setTimeout(200);
  }
}

/**
 * Asks a release what it is and some of what shoppers ask, before any of them meets it.
 * @returns what it says that it is
 * @throws Refused where it is another one than expected, or an answer is none of 200
 */
export async function smoke(
  { addresses, smoke: paths }: Config,
  { to, expected }: Rollout,
): Promise<string> {
  const { url } = addresses[to];
  const live = await ask(`${url}/health/live`);
  if (live.status !== 200) throw new Refused(`${to} answers /health/live with ${live.status}`);
  const { version, commit } = identityIn(live.body, to);
  if (version !== undefined && version !== (expected.version ?? version))
    throw new Refused(`${to} is of version ${version}, expected was ${expected.version}`);
  if (commit !== undefined && !commit.startsWith(expected.commit ?? ''))
    throw new Refused(`${to} is of commit ${commit}, expected was ${expected.commit}`);
  for (const path of paths) {
    const status = await ask(`${url}${path}`, { timeoutMs: 30_000 }).then(
      (answer) => answer.status,
      (error: Error) => error.message,
    );
    if (status !== 200) throw new Refused(`${to} answers ${path} with ${status}`);
  }
  return (
    [version, commit?.slice(0, 10)].filter(Boolean).join(', ') || 'a version that it does not tell'
  );
}

function identityIn(body: string, colour: Colour): Static<typeof Identity> {
  const said = parse(body);
  if (Value.Check(Identity, said)) return said;
  throw new Refused(`${colour} answers /health/live with ${body.slice(0, 100)}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
