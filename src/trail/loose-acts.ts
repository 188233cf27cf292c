import type { Actor } from '../telemetry/context.ts';
import type { Act, Noted } from './acts.ts';

/** An act that waits to be written into the trail, with its circumstances. */
export interface WaitingAct {
  readonly at: Date;
  readonly actor: Actor;
  readonly network: string | null;
  readonly correlationId: string | null;
  readonly act: Act;
  readonly subject: string | null;
  readonly detail: object;
}

export type LooseActs = ReturnType<typeof createLooseActs>;

const MINUTE_MS = 60_000;
/** Of one act in a minute: from one network, and from all. What comes beyond is counted, and told in one row. */
const MOST_OF_NETWORK = 10;
const MOST_OF_ACT = 60;
const MOST_WAITING = 2000;

/**
 * Acts that no transaction carries (refusals, failed tries), kept until they are written. However many come, a minute
 * writes few rows: a flood neither fills the database nor holds the trail's head against those who work.
 */
export function createLooseActs() {
  let waiting: WaitingAct[] = [];
  let minute = 0;
  let seen = new Map<string, number>();
  let leftOut = new Map<Act, number>();

  function count(key: string): number {
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times;
  }

  /** Begins a new minute where one is due, and tells what the last one left out. */
  function turn(now: number): void {
    const current = Math.floor(now / MINUTE_MS);
    if (current === minute) return;
    tellLeftOut(now);
    minute = current;
    seen = new Map();
  }

  function tellLeftOut(now: number): void {
    for (const [act, times] of leftOut)
      waiting.push({
        at: new Date(now),
        actor: { kind: 'system', id: null },
        network: null,
        correlationId: null,
        act,
        subject: null,
        detail: { more: times },
      });
    leftOut = new Map();
  }

  return {
    /** Keeps an act to be written; returns at once. */
    add(
      { act, subject, detail, actor }: Noted,
      about: Pick<WaitingAct, 'actor' | 'network' | 'correlationId'>,
      now = Date.now(),
    ): void {
      turn(now);
      const many =
        waiting.length >= MOST_WAITING ||
        count(`${act} ${about.network}`) > MOST_OF_NETWORK ||
        count(act) > MOST_OF_ACT;
      if (many) leftOut.set(act, (leftOut.get(act) ?? 0) + 1);
      else
        waiting.push({
          ...about,
          at: new Date(now),
          act,
          subject,
          detail,
          actor: actor ?? about.actor,
        });
    },
    /** Takes out what waits, at most so many; at the end of a process what was left out is told too. */
    take(most: number, { last = false, now = Date.now() } = {}): WaitingAct[] {
      turn(now);
      if (last) tellLeftOut(now);
      return waiting.splice(0, most);
    },
    /** Gives back what could not be written. */
    putBack(taken: readonly WaitingAct[]): void {
      waiting = [...taken, ...waiting];
    },
  };
}
