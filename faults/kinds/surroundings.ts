import { comesTrue, pause } from '../wait.ts';
import { fakeTimeLibrary } from '../world/clock.ts';
import { CLOCKED } from '../world/world.ts';
import type { Blow, Kind, Scene } from './kind.ts';

const noFakeTime = fakeTimeLibrary === null ? "Debian's faketime is not installed" : null;

/** Mail, clocks and clients. */
export const surroundingKinds: readonly Kind[] = [
  {
    name: 'mail-down',
    what: 'the mail server takes no connection',
    seconds: [4, 8],
    holds: ['mail'],
    victims: [],
    async strike({ world: { mailProxy } }, { ms }) {
      const before = mailProxy.struck.refused;
      mailProxy.refuse(true);
      mailProxy.cut();
      await pause(ms);
      // Mails are few: it stays away until one was tried.
      await comesTrue(() => mailProxy.struck.refused > before, 30_000, 200);
      mailProxy.heal();
      return mailProxy.struck.refused - before;
    },
  },
  {
    name: 'clock-forward',
    what: 'the clock of one process jumps two hours ahead, and back',
    seconds: [4, 8],
    holds: [],
    victims: CLOCKED,
    missing: noFakeTime,
    strike: (scene, blow) => stepClock(scene, blow, 2 * 3600),
  },
  {
    name: 'clock-back',
    what: 'the clock of one process jumps ten minutes back, and forward again',
    seconds: [4, 8],
    holds: [],
    victims: CLOCKED,
    missing: noFakeTime,
    strike: (scene, blow) => stepClock(scene, blow, -600),
  },
  {
    name: 'clients-leave',
    what: 'most clients go away in the middle of placing an order',
    seconds: [3, 6],
    holds: ['clients'],
    victims: [],
    async strike(scene, { ms }) {
      const left = () => scene.history.counters.get('clients left in the middle') ?? 0;
      const before = left();
      scene.setImpatience(true);
      await pause(ms);
      scene.setImpatience(false);
      return left() - before;
    },
  },
];

async function stepClock({ world }: Scene, { ms, victim }: Blow, seconds: number) {
  const clock = world.clocks[victim as (typeof CLOCKED)[number]];
  const stepped = world.process(victim);
  const bodyOf = async () => {
    const response = await fetch(`${stepped.url}/health/live`, {
      signal: AbortSignal.timeout(5_000),
    });
    await response.body?.cancel();
    return Date.parse(response.headers.get('date') ?? '');
  };
  clock.step(seconds);
  await pause(ms);
  // Node's own Date header shows whether the step was felt.
  const felt = await bodyOf().catch(() => Date.now());
  clock.step(0);
  await pause(1_500);
  return Math.abs(felt - Date.now()) > (Math.abs(seconds) * 1000) / 2 ? 1 : 0;
}
