import { setTimeout } from 'node:timers/promises';
import type { Config } from './config.ts';
import { type Sample, type Window, windowBetween } from './metrics.ts';
import { Refused } from './outcome.ts';
import { other, type Rollout } from './state.ts';
import { describeWindow, failsMore, isSlower, wellEnough } from './verdict.ts';
import { type Look, look } from './watch.ts';

const EVERY_MS = 1000;
/** What happened lately is judged by itself too, so that a good beginning covers nothing up. */
const LATELY = 10;
/** A place that is not ready so many times in a row is not about to be. */
const TROUBLES = 2;
/** Slow for so many looks in a row it is not from the shift itself: a process that is new to its work, or given more. */
const SLOW_LOOKS = 5;
/** Fewer requests of the old release are too few to compare with. */
const COMPARABLE = 20;

export interface Soaked {
  readonly fresh: Window;
  /** What the old release did meanwhile, or before, where it had too little to do. */
  readonly old: Window;
}

/**
 * Watches both releases for as long as a share of the traffic is to be watched.
 * @param before what the old release did before the traffic was shifted to this share
 * @param calm what it did before the new one had any traffic
 * @throws Refused as soon as the new one is worse, or when too little was asked of it for too long
 */
export async function soak(
  config: Config,
  rollout: Rollout,
  { before, calm }: { before: Window; calm: Window },
  { say, stop }: { say: (line: string) => void; stop: AbortSignal },
): Promise<Soaked> {
  const { limits } = config;
  const looks = () =>
    Promise.all([look(config, rollout.to), look(config, other(rollout.to))] as const);
  const history: (readonly [Look, Look])[] = [];
  const began = performance.now();
  let troubles = 0;
  let slow = 0;
  for (;;) {
    const now = await looks();
    stop.throwIfAborted();
    const { trouble } = now[0];
    troubles = trouble === null ? 0 : troubles + 1;
    if (troubles >= TROUBLES) throw new Refused(`${rollout.to} fails: ${trouble}`);
    if (trouble === null) {
      history.push(now);
      const all = compare(history, before);
      const late = compare(history.slice(-LATELY), before);
      const slower = isSlower(late.fresh, late.old, limits);
      slow = slower === null ? 0 : slow + 1;
      const reason =
        failsMore(all.fresh, all.old, limits) ??
        failsMore(late.fresh, late.old, limits) ??
        (slow >= SLOW_LOOKS ? slower : null);
      if (reason !== null) throw new Refused(`${rollout.to} is worse: ${reason}`);
      const seconds = (performance.now() - began) / 1000;
      if (history.length % LATELY === 0) say(progress(rollout, all));
      if (seconds >= limits.soakSeconds && slow === 0 && wellEnough(all.fresh, calm, limits)) {
        say(progress(rollout, all));
        return all;
      }
      if (seconds >= limits.patienceSeconds)
        throw new Refused(
          `${rollout.to} could not be judged within ${limits.patienceSeconds} s: ${describeWindow(all.fresh)}`,
        );
    }
    await setTimeout(EVERY_MS);
  }
}

/** Both releases from the first look to the last. @throws Refused where the new one was started anew in between */
function compare(history: readonly (readonly [Look, Look])[], before: Window): Soaked {
  const [first, last] = [history[0], history.at(-1)];
  const fresh = between(first?.[0].sample, last?.[0].sample);
  if (fresh === null) throw new Refused('the new release was started anew: it had ended');
  const old = between(first?.[1].sample, last?.[1].sample);
  return { fresh, old: old !== null && old.requests >= COMPARABLE ? old : before };
}

/** null where there are not two samples of one process. */
function between(from: Sample | null | undefined, to: Sample | null | undefined): Window | null {
  if (!from || !to || from.startedAt !== to.startedAt) return null;
  return windowBetween(from, to);
}

function progress({ to, steps, step }: Rollout, { fresh, old }: Soaked): string {
  return `${steps[step]} % on ${to}: ${describeWindow(fresh)}; ${other(to)}: ${describeWindow(old)}`;
}
