import assert from 'node:assert/strict';
import { secondsSince, until } from '../../faults/wait.ts';
import type { ShopProcess } from '../../faults/world/shop-process.ts';
import { type Acknowledged, adminToken, Customer, makeProduct, refund } from '../customer.ts';
import { expectCleanAudit, reconcileLater } from '../looks.ts';
import { START_MS } from '../shop.ts';
import { eventsSent, moveNumbersOn, openTasks, readBooks } from './books.ts';
import { buildScene, type Scene } from './scene.ts';
import type { Server } from './server.ts';

/** What a rehearsal came to. */
export interface Outcome {
  readonly orders: number;
  readonly backupSeconds: number;
  readonly backupBytes: number;
  /** From the order to restore until PostgreSQL took writes again, and until the shop was ready on it. */
  readonly databaseSeconds: number;
  readonly shopSeconds: number;
  /** Events that had waited in the restored database, and were sent on. */
  readonly eventsResumed: number;
  /** Payments that Stripe had and the restored database did not: taken in by themselves, and left to a person. */
  readonly paymentsHealed: number;
  readonly paymentsForAPerson: number;
}

/** Orders of a round. */
interface Round {
  readonly customer: Customer;
  readonly paid: readonly Acknowledged[];
  readonly unpaid: Acknowledged;
  readonly variantId: string;
}

/**
 * Loses data by a statement that nobody meant, and goes back to the moment before it: orders, a base backup, more
 * orders, events that nobody sent on yet, the mistake, sales after it, the restore, the audit, and what Stripe knows of
 * the sales that are gone.
 * @throws AssertionError where something that was acknowledged before is missing, or anything else is not as promised.
 */
export async function rehearseRestore(
  bin: string,
  { orders, say }: { orders: number; say: (line: string) => void },
): Promise<Outcome> {
  const scene = await buildScene(bin, 60);
  try {
    say(`PostgreSQL of ${bin}, archived by pgBackRest, in ${scene.site.folder}`);
    const web = await scene.openShop('web', scene.server);
    const worker = await scene.openShop('worker', scene.server);
    const sell = await openShelf(web, scene);
    const first = await sell(orders);
    const backupBegan = performance.now();
    await scene.backups.full();
    const backupSeconds = secondsSince(backupBegan);
    say(`base backup after ${orders} paid orders: ${backupSeconds.toFixed(1)} s`);
    const second = await sell(orders);
    await refund(web.url, await adminToken(web.url), second.paid[0] as Acknowledged);
    await eventsSent(scene.server);

    await worker.stop();
    const waiting = await second.customer.order(second.variantId);
    const before = await readBooks(scene.server);
    assert.ok(before.waiting > 0, 'events wait');
    const [moment] = await scene.server.query<{ at: string }>(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00' AS at`,
    );
    const at = String(moment?.at);
    say(`the moment to go back to: ${at}; then DELETE FROM order_items`);
    await scene.server.query('DELETE FROM order_items');

    const lost = [await first.customer.order(second.variantId), waiting, first.unpaid];
    for (const order of lost) await first.customer.pay(order);
    say('sold meanwhile: one new order, and two of before were paid');

    const began = performance.now();
    await web.stop();
    await archived(scene.server);
    await scene.server.stop('fast');
    const restored = await scene.another('restored');
    await scene.backups.restore(restored, at);
    await restored.start();
    const databaseSeconds = secondsSince(began);
    await moveNumbersOn(restored);
    const restoredBooks = await readBooks(restored);
    assert.deepEqual(restoredBooks, before, 'every order as it was at the moment');
    for (const { id } of [...first.paid, ...second.paid, waiting])
      assert.ok(restoredBooks.orders.has(id), `order ${id}, which was acknowledged`);
    await expectCleanAudit(restored.url);

    const again = await scene.openShop('all', restored);
    const shopSeconds = secondsSince(began);
    say(
      `restored: database ${databaseSeconds.toFixed(1)} s, shop ready ${shopSeconds.toFixed(1)} s`,
    );
    await eventsSent(restored);
    await (await openShelf(again, scene))(1);

    await reconcileLater(restored.url, scene.surroundings.stripeUrl);
    await first.customer.paid(first.unpaid);
    await second.customer.paid(waiting);
    const tasks = await openTasks(restored);
    for (const line of tasks) say(`task: ${line}`);
    assert.equal(tasks.length, 1, 'the money of the order that is gone is a task');
    await expectCleanAudit(restored.url);
    await again.stop();
    return {
      orders: before.orders.size,
      backupSeconds,
      backupBytes: await scene.backups.size(),
      databaseSeconds,
      shopSeconds,
      eventsResumed: before.waiting,
      paymentsHealed: 2,
      paymentsForAPerson: tasks.length,
    };
  } finally {
    await scene.close();
  }
}

/** A shop with something to sell, and what sells so many orders: paid, but for one more. */
async function openShelf(web: ShopProcess, { surroundings }: Scene) {
  const token = await adminToken(web.url);
  const variantId = await makeProduct(web.url, token, 'Oak board');
  return async (count: number): Promise<Round> => {
    const customer = new Customer(web.url, surroundings.stripeUrl);
    await customer.register();
    const unpaid = await customer.order(variantId);
    const paid: Acknowledged[] = [];
    for (let made = 0; made < count; made += 1) {
      const order = await customer.order(variantId);
      await customer.pay(order);
      paid.push(order);
    }
    for (const order of paid) await customer.paid(order);
    return { customer, paid, unpaid, variantId };
  };
}

/** Waits until all that was written has reached the archive. */
async function archived(server: Server): Promise<void> {
  const [row] = await server.query<{ segment: string }>(
    'SELECT pg_walfile_name(pg_switch_wal()) AS segment',
  );
  const reached = async () => {
    const [archiver] = await server.query<{ last_archived_wal: string }>(
      'SELECT last_archived_wal FROM pg_stat_archiver',
    );
    return String(archiver?.last_archived_wal) >= String(row?.segment);
  };
  await until(reached, 'the log archived', START_MS);
}
