import type { Kind, Scene } from './kinds/kind.ts';
import { createRandom } from './random.ts';
import type { Strike } from './schedule.ts';
import { pause } from './wait.ts';

/** Beyond the planned end no fault begins later than this: they wait for each other on a slow machine. */
const GRACE_MS = 20_000;

/**
 * Strikes as planned, and waits until the last fault is over; returns how often each kind struck, and which were left
 * out because their turn came too late.
 */
export async function strikeAll(
  scene: Scene,
  planned: readonly Strike[],
  kinds: readonly Kind[],
  say: (line: string) => void,
): Promise<{ struck: Map<string, number>; late: string[] }> {
  const late: string[] = [];
  const end = Math.max(0, ...planned.map(({ at, ms }) => at + ms));
  const struck = new Map<string, number>();
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const begun = performance.now();
  // A fault that heals late makes those wait that hold the same.
  const busy = new Map<string, Promise<void>>();
  await Promise.all(
    planned.map(async (strike) => {
      await pause(Math.max(0, begun + strike.at - performance.now()));
      const kind = byName.get(strike.name);
      if (!kind) throw new Error(`there is no fault ${strike.name}`);
      const holds = [...kind.holds, ...(strike.victim === null ? [] : [strike.victim])];
      const done = Promise.withResolvers<void>();
      const before = holds.map((held) => busy.get(held));
      for (const held of holds) busy.set(held, done.promise);
      await Promise.all(before);
      try {
        if (performance.now() - begun > end + GRACE_MS) return void late.push(kind.name);
        const times = await struckBy(scene, kind, strike);
        struck.set(kind.name, (struck.get(kind.name) ?? 0) + times);
        const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(6);
        say(`${seconds} s  ${kind.name.padEnd(22)} ${(strike.victim ?? '').padEnd(9)} ${times}`);
      } finally {
        done.resolve();
      }
    }),
  );
  return { struck, late };
}

async function struckBy(scene: Scene, kind: Kind, strike: Strike): Promise<number> {
  const blow = {
    ms: strike.ms,
    victim: strike.victim ?? '',
    random: createRandom(strike.seed),
  };
  try {
    return await kind.strike(scene, blow);
  } catch (error) {
    throw new Error(`the fault ${kind.name} could not be made`, { cause: error });
  }
}
