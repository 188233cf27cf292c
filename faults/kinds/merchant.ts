import { comesTrue, pause } from '../wait.ts';
import type { Blow, Kind, Scene } from './kind.ts';

const HOLDS = ['merchant'];
const LONGER_MS = 30_000;

/** What a merchant's system does wrong with the webhooks that the shop sends it. */
export const merchantKinds: readonly Kind[] = [
  {
    name: 'merchant-down',
    what: 'the merchant’s endpoint takes no connection',
    seconds: [3, 6],
    holds: HOLDS,
    victims: [],
    async strike({ world: { merchant } }, { ms }) {
      const before = merchant.proxy.struck.refused;
      merchant.proxy.refuse(true);
      const cut = merchant.proxy.cut();
      await pause(ms);
      await comesTrue(() => merchant.proxy.struck.refused > before, LONGER_MS, 200);
      merchant.proxy.heal();
      return cut + merchant.proxy.struck.refused - before;
    },
  },
  {
    name: 'merchant-slow',
    what: 'the merchant’s endpoint answers after 12 seconds, later than anybody waits',
    seconds: [3, 5],
    holds: HOLDS,
    victims: [],
    strike: (scene, blow) => spoilt(scene, blow, { thinkMs: 12_000 }),
  },
  {
    name: 'merchant-errors',
    what: 'the merchant’s endpoint answers 500',
    seconds: [3, 6],
    holds: HOLDS,
    victims: [],
    strike: (scene, blow) => spoilt(scene, blow, { failWith: 500 }),
  },
];

async function spoilt(
  { world: { merchant } }: Scene,
  { ms }: Blow,
  change: { thinkMs?: number; failWith?: number },
): Promise<number> {
  const before = merchant.spoilt;
  Object.assign(merchant, change);
  await pause(ms);
  await comesTrue(() => merchant.spoilt > before, LONGER_MS, 200);
  Object.assign(merchant, { thinkMs: 0, failWith: null });
  return merchant.spoilt - before;
}
