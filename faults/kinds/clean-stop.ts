import { request } from 'node:http';
import { pause } from '../wait.ts';
import type { ShopProcess } from '../world/shop-process.ts';
import type { Scene } from './kind.ts';

const PROBERS = 4;

/** A client that heard so long ago that the process is ready would ask again first. */
const BELIEVED_MS = 100;

/**
 * Ends a process by SIGTERM while clients ask it without pause, each on a connection of its own, as long as it says
 * that it is ready, as a balancer would: every request is answered, and the process ends with 0.
 */
export async function expectCleanStop(scene: Scene, one: ShopProcess): Promise<void> {
  let over = false;
  const seen = { answered: 0, broken: [] as string[] };
  const probe = async () => {
    while (!over) {
      const asked = performance.now();
      const ready = await askOnce(`${one.url}/health/ready`);
      if (ready !== 200 || performance.now() - asked > BELIEVED_MS) {
        await pause(20);
        continue;
      }
      const result = await askOnce(`${one.url}/api/products?limit=1`);
      if (typeof result === 'number') seen.answered += 1;
      else seen.broken.push(result);
      await pause(2);
    }
  };
  const probers = Array.from({ length: PROBERS }, probe);
  await pause(100);
  const begun = performance.now();
  const code = await one.stop();
  scene.figure('slowest clean stop, ms', performance.now() - begun);
  over = true;
  await Promise.all(probers);
  scene.history.count('requests during clean stops', seen.answered);
  // Behind a connection that swallows everything, the end is a hard one.
  if (code !== 0 && !scene.world.databaseProxy.wasImpairedSince(begun))
    scene.violation(`${one.name} ended with ${code} after SIGTERM`);
  for (const why of new Set(seen.broken))
    scene.violation(`a request to ${one.name} broke while it stopped: ${why}`);
}

/** Asks on a new connection: the status, or what broke. */
function askOnce(url: string): Promise<number | string> {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent: false, timeout: 15_000 }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', (error) => resolve(`the answer: ${error.message}`));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in 15 s')));
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.end();
  });
}
