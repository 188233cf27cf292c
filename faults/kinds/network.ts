import { pause } from '../wait.ts';
import type { Flow } from '../world/pump.ts';
import type { Direction } from '../world/tcp-proxy.ts';
import type { Blow, Kind, Scene } from './kind.ts';

const HELD = ['database-network'];

/** What happens to the bytes between the shop and PostgreSQL. */
export const networkKinds: readonly Kind[] = [
  {
    name: 'database-cut',
    what: 'connections to PostgreSQL are reset, again and again',
    seconds: [2, 5],
    holds: HELD,
    victims: [],
    async strike({ world }, { ms }) {
      let cut = 0;
      for (const end = Date.now() + ms; Date.now() < end; await pause(400))
        cut += world.databaseProxy.cut();
      return cut;
    },
  },
  {
    name: 'database-delayed',
    what: 'everything to and from PostgreSQL comes late, by 30 ms more or less',
    seconds: [3, 8],
    holds: HELD,
    victims: [],
    strike: (scene, blow) => impaired(scene, blow, { delayMs: 30, jitterMs: 30 }),
  },
  {
    name: 'database-half-closed',
    what: 'connections to PostgreSQL are half closed: one side hears the end, the other waits',
    seconds: [3, 6],
    holds: HELD,
    victims: [],
    async strike({ world }, { ms, random }) {
      const closed = world.databaseProxy.halfClose(random.pick(['toServer', 'toClient'] as const));
      await pause(ms);
      world.databaseProxy.heal();
      return closed;
    },
  },
  {
    name: 'database-black-holed',
    what: 'nothing arrives at PostgreSQL, or nothing comes back, and nobody is told',
    seconds: [3, 8],
    holds: HELD,
    victims: [],
    strike(scene, blow) {
      const ways: Direction[][] = [['toServer'], ['toClient'], ['toServer', 'toClient']];
      return impaired(scene, blow, { blackHole: true }, blow.random.pick(ways));
    },
  },
  {
    name: 'database-slow',
    what: 'PostgreSQL answers at 64 KB a second',
    seconds: [3, 8],
    holds: HELD,
    victims: [],
    strike: (scene, blow) => impaired(scene, blow, { bytesPerSecond: 64 * 1024 }, ['toClient']),
  },
];

async function impaired(
  { world: { databaseProxy } }: Scene,
  { ms }: Blow,
  flow: Partial<Flow>,
  directions?: readonly Direction[],
): Promise<number> {
  const before = databaseProxy.struck.held;
  databaseProxy.impair(flow, directions);
  await pause(ms);
  databaseProxy.heal();
  return databaseProxy.struck.held - before;
}
