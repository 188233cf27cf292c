import { pause } from '../wait.ts';
import type { ShopProcess } from '../world/shop-process.ts';
import { PROCESSES, WEB, WORKERS } from '../world/world.ts';
import { expectCleanStop } from './clean-stop.ts';
import type { Kind, Scene } from './kind.ts';

const READY_MS = 60_000;

/** Kills, pauses and stops of the shop's own processes. */
export const processKinds: readonly Kind[] = [
  {
    name: 'web-killed',
    what: 'kill -9 of a web process under load',
    seconds: [2, 4],
    holds: [],
    victims: WEB,
    strike: (scene, { victim }) => kill(scene, [victim]),
  },
  {
    name: 'worker-killed',
    what: 'kill -9 of a worker process with jobs under way',
    seconds: [2, 4],
    holds: [],
    victims: WORKERS,
    strike: (scene, { victim }) => kill(scene, [victim]),
  },
  {
    name: 'all-killed',
    what: 'kill -9 of every process of the shop at once',
    seconds: [4, 6],
    holds: PROCESSES,
    victims: [],
    strike: (scene) => kill(scene, PROCESSES),
  },
  {
    name: 'web-paused',
    what: 'SIGSTOP of a web process for seconds, then SIGCONT',
    seconds: [3, 7],
    holds: [],
    victims: WEB,
    strike: freeze,
  },
  {
    name: 'worker-paused',
    what: 'SIGSTOP of a worker past its lease and its locks, then SIGCONT',
    seconds: [12, 18],
    holds: [],
    victims: WORKERS,
    strike: freeze,
  },
  {
    name: 'web-stopped',
    what: 'SIGTERM of a web process under load: nothing but refused connections may be seen',
    seconds: [3, 5],
    holds: ['database', 'database-network', 'stock-rows', 'connections'],
    victims: WEB,
    async strike(scene, { victim }) {
      await stopCleanly(scene, scene.world.process(victim));
      return 1;
    },
  },
  {
    name: 'rolling-restart',
    what: 'SIGTERM and start of one process after the other, each once the one before is ready',
    seconds: [12, 16],
    holds: [...PROCESSES, 'database', 'database-network', 'stock-rows', 'connections'],
    victims: [],
    async strike(scene) {
      for (const name of PROCESSES) await stopCleanly(scene, scene.world.process(name));
      return PROCESSES.length;
    },
  },
  {
    name: 'full-restart',
    what: 'SIGTERM of every process at once, then all start again',
    seconds: [5, 7],
    holds: [...PROCESSES, 'database', 'database-network', 'stock-rows', 'connections'],
    victims: [],
    async strike(scene) {
      const all = PROCESSES.map((name) => scene.world.process(name));
      await Promise.all(all.map((one) => stopCleanly(scene, one)));
      return all.length;
    },
  },
];

/** Kills processes; the supervisor starts them again. */
async function kill({ world, history }: Scene, names: readonly string[]): Promise<number> {
  const victims = names.map((name) => world.process(name));
  const killed = victims.filter((victim) => victim.signal('SIGKILL')).length;
  history.count('processes killed', killed);
  await pause(200);
  await Promise.all(victims.map((victim) => victim.ready(READY_MS)));
  return killed;
}

async function freeze({ world }: Scene, { ms, victim }: { ms: number; victim: string }) {
  const frozen = world.process(victim);
  const stopped = frozen.signal('SIGSTOP');
  await pause(ms);
  frozen.signal('SIGCONT');
  return stopped ? 1 : 0;
}

/** SIGTERM, a look at what its clients saw, and a start again. */
async function stopCleanly(scene: Scene, one: ShopProcess): Promise<void> {
  await expectCleanStop(scene, one);
  one.start();
  await one.ready(READY_MS);
}
