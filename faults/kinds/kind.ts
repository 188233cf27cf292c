import type { History } from '../load/history.ts';
import type { Random } from '../random.ts';
import type { Schedulable } from '../schedule.ts';
import type { World } from '../world/world.ts';

/** What a fault may reach while it strikes. */
export interface Scene {
  readonly world: World;
  readonly history: History;
  /** The variants that shoppers contend for. */
  readonly hotVariantIds: readonly string[];
  /** Makes shoppers go away in the middle of their requests, or stay. */
  setImpatience(impatient: boolean): void;
  /** Lets more people look at goods, and buy nothing, until the load stops. */
  addBrowsers(count: number): void;
  /** What a fault itself saw that must never be. */
  violation(what: string): void;
  /** A figure for the report. */
  figure(name: string, value: number): void;
}

/** One strike: how long, whom, and chance of its own. */
export interface Blow {
  readonly ms: number;
  readonly victim: string;
  readonly random: Random;
}

/** A kind of fault, real and named. */
export interface Kind extends Schedulable {
  /** What happens, for `--list`. */
  readonly what: string;
  /** Why it cannot be done on this machine; null when it can. */
  readonly missing?: string | null;
  /** Strikes, lasts, heals again; returns how often it struck (connections cut, processes killed, answers spoilt). */
  strike(scene: Scene, blow: Blow): Promise<number>;
}
