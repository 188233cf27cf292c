import { join } from 'node:path';
import { pause, until } from '../wait.ts';
import { unpackPreviousVersion } from '../world/previous-version.ts';
import type { ShopProcess } from '../world/shop-process.ts';
import type { World } from '../world/world.ts';
import { expectCleanStop } from './clean-stop.ts';
import type { Scene } from './kind.ts';

export const DEPLOY = 'deploy';
export const DEPLOY_WHAT =
  'a version on an earlier schema serves first; this one migrates and serves beside it; then the old one is told to go';

const START_MS = 90_000;
const ALONE_MS = 4_000;
const TOGETHER_MS = 8_000;

/** A version of the shop that serves already, on a schema of its own time. */
export interface Predecessor {
  readonly process: ShopProcess;
  readonly commit: string;
}

/** Starts the previous version on the empty database; null where there is no history to take it from. */
export async function openPredecessor(world: World, root: string): Promise<Predecessor | null> {
  const version = await unpackPreviousVersion(root, join(world.folder, 'previous'));
  if (!version) return null;
  const old = await world.makeProcess('previous', 'web', version.root);
  old.start();
  await until(() => old.isReady(), 'the previous version ready', START_MS);
  world.webs.push(old);
  world.balancer.backends = [old.port];
  return { process: old, commit: version.commit };
}

/** Brings this version beside the previous one under load, then ends that. */
export async function deploy(scene: Scene, { process: old }: Predecessor): Promise<number> {
  const { world } = scene;
  await pause(ALONE_MS);
  await world.open();
  await pause(TOGETHER_MS);
  world.webs.splice(world.webs.indexOf(old), 1);
  world.balancer.backends = world.webs.map(({ port }) => port);
  await expectCleanStop(scene, old);
  return 1;
}
