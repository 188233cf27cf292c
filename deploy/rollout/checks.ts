import { setTimeout } from 'node:timers/promises';
import { ask } from './ask.ts';
import type { Config } from './config.ts';
import type { Instances } from './instances/instances.ts';
import { CannotBegin, Refused } from './outcome.ts';
import type { Colour, Rollout } from './state.ts';

/** Whether a place says that it can serve; what speaks against it otherwise. */
export async function unready(url: string): Promise<string | null> {
  return ask(`${url}/health/ready`).then(
    ({ status }) => (status === 200 ? null : `/health/ready says ${status}`),
    (error: Error) => `/health/ready does not answer (${error.message})`,
  );
}

/** Waits until a release that was started can serve. @throws Refused when it ends or takes too long */
export async function becomeReady(
  { addresses, limits }: Config,
  instances: Instances,
  colour: Colour,
  stop?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + 1000 * limits.readySeconds;
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

  for (;;) {
    const reason = await unready(addresses[colour].url);
    if (reason === null) return;
    stop?.throwIfAborted();
    if (!(await instances.runs(colour))) throw new Refused(`${colour} ended during its start`);
    if (Date.now() > deadline)
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
  const { version, commit } = JSON.parse(live.body) as { version?: string; commit?: string };
  // A release from before it said so says nothing, and is believed.
  for (const [what, said, wanted] of [
    ['version', version, expected.version],
    ['commit', commit, expected.commit],
  ])
    if (wanted !== undefined && said !== undefined && !said.startsWith(wanted))
      throw new Refused(`${to} is of ${what} ${said}, expected was ${wanted}`);
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
