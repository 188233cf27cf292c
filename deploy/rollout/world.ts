import type { Config } from './config.ts';
import type { Instances } from './instances/instances.ts';
import type { ReverseProxy } from './proxies/proxy.ts';
import type { StateFile } from './state.ts';

/** What a rollout works with. */
export interface World {
  readonly config: Config;
  readonly state: StateFile;
  readonly instances: Instances;
  readonly proxy: ReverseProxy;
  /** Prints a line for people. */
  say(line: string): void;
  /** Says that somebody wants this to end: what is under way is undone. */
  readonly stop: AbortSignal;
}
