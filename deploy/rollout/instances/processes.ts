import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import type { ProcessesConfig } from '../config.ts';
import { CannotBegin } from '../outcome.ts';
import { run } from '../run.ts';
import type { Colour } from '../state.ts';
import type { Instances } from './instances.ts';

/** Says in the environment of a process which place of which host it has; found again by it, whoever started it. */
const PLACE = 'MAINSTAY_ROLLOUT_PLACE';

/** Two processes of this host (Linux); a release is a folder with the shop in it. */
export function processInstances(
  { env, ports, role }: ProcessesConfig,
  { folder, stopSeconds }: { folder: string; stopSeconds: number },
): Instances {
  const shop = parseEnv(readEnvironment(env));
  const placeOf = (colour: Colour) => `${folder}#${colour}`;
  const environment = (colour: Colour): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...shop,
    PORT: String(ports[colour]),
  });
  const at = (colour: Colour) => processesAt(placeOf(colour));

  return {
    async migrate(colour, release) {
      const env = environment(colour);
      await run([process.execPath, 'src/migrate.ts', 'up'], { cwd: release, env });
    },
    async start(colour, release) {
      const log = openSync(join(folder, `${colour}.log`), 'a');
      const child = spawn(process.execPath, ['src/main.ts', role], {
        cwd: release,
        env: { ...environment(colour), [PLACE]: placeOf(colour) },
        // It outlives this program.
        detached: true,
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      await once(child, 'spawn');
      child.unref();
    },
    async runs(colour) {
      return at(colour).length > 0;
    },
    async stop(colour) {
      for (const pid of at(colour)) process.kill(pid, 'SIGTERM');
      const deadline = performance.now() + 1000 * stopSeconds;
      while (at(colour).length > 0 && performance.now() < deadline) await setTimeout(50);
      const late = at(colour);
      for (const pid of late) process.kill(pid, 'SIGKILL');
      return { byItself: late.length === 0 };
    },
  };
}

function readEnvironment(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CannotBegin(`${path} cannot be read: ${(cause as Error).message}`);
  }
}

/** The shop's processes with a place in the environment that they were started with. */
function processesAt(place: string): number[] {
  const ours = (pid: string) =>
    readOfProcess(pid, 'environ').split('\0').includes(`${PLACE}=${place}`) &&
    // Not what it starts itself.
    readOfProcess(pid, 'cmdline').split('\0').includes('src/main.ts');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && ours(name))
    .map(Number);
}

/** Nothing of a process that has just ended, or is somebody else's. */
function readOfProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
