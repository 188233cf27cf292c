import type { Config } from '../config.ts';
import type { Colour } from '../state.ts';
import { composeInstances } from './compose.ts';
import { processInstances } from './processes.ts';

/** The two places in which a release can run. */
export interface Instances {
  /** Brings the schema up with the migrations of a release. @throws Refused */
  migrate(colour: Colour, release: string): Promise<void>;
  /** Has a release begin to run; it is ready some time later. @throws Refused */
  start(colour: Colour, release: string): Promise<void>;
  runs(colour: Colour): Promise<boolean>;
  /** Tells what runs there to stop and waits until it has; whether it did by itself. */
  stop(colour: Colour): Promise<{ readonly byItself: boolean }>;
}

export function instancesOf(config: Config): Instances {
  const { instances, folder, limits } = config;
  return instances.kind === 'compose'
    ? composeInstances(instances, limits)
    : processInstances(instances, { folder, ...limits });
}
