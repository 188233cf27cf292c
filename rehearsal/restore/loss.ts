import { rm } from 'node:fs/promises';
import { adminToken, Customer, makeProduct } from '../customer.ts';
import { readBooks } from './books.ts';
import { buildScene } from './scene.ts';

/** What a lost machine cost. */
export interface Loss {
  readonly acknowledged: number;
  readonly lost: number;
  /** How old the oldest order that was lost was when the machine went; 0 where none was. */
  readonly lostSeconds: number;
  readonly restoreSeconds: number;
}

/**
 * Loses the server with its disk while orders are placed, and restores what was archived until then: what is gone is
 * what the archive had not got yet.
 */
export async function rehearseLoss(
  bin: string,
  { archiveTimeoutSeconds, seconds }: { archiveTimeoutSeconds: number; seconds: number },
): Promise<Loss> {
  const scene = await buildScene(bin, archiveTimeoutSeconds);
  try {
    const web = await scene.openShop('web', scene.server);
    const variantId = await makeProduct(web.url, await adminToken(web.url), 'Oak board');
    const customer = new Customer(web.url, scene.surroundings.stripeUrl);
    await customer.register();
    await scene.backups.full();
    const acknowledged: { id: string; at: number }[] = [];
    for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
      const { id } = await customer.order(variantId);
      acknowledged.push({ id, at: performance.now() });
    }
    const lostAt = performance.now();
    await scene.server.stop('immediate');
    await rm(scene.server.data, { recursive: true });
    await web.stop();

    const restored = await scene.another('restored');
    await scene.backups.restore(restored, null);
    await restored.start();
    const restoreSeconds = (performance.now() - lostAt) / 1000;
    const { orders } = await readBooks(restored);
    const gone = acknowledged.filter(({ id }) => !orders.has(id));
    const lostSeconds = gone[0] ? (lostAt - gone[0].at) / 1000 : 0;
    return {
      acknowledged: acknowledged.length,
      lost: gone.length,
      lostSeconds,
      restoreSeconds,
    };
  } finally {
    await scene.close();
  }
}
