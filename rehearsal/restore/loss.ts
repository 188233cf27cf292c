import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { secondsSince } from '../../faults/wait.ts';
import { type Acknowledged, adminToken, Customer, makeProduct } from '../customer.ts';
import { expectCleanAudit, reconcileLater } from '../looks.ts';
import { eventsSent, moveNumbersOn, openTasks, readBooks } from './books.ts';
import { buildScene, type Scene } from './scene.ts';
import type { Server } from './server.ts';

/** A shop that is not so busy that it fills segments of the log by itself loses more. */
const ORDER_EVERY_MS = 250;
/** Of three orders one is paid at once, one so many orders later, which is half a minute and more, and one never. */
const PAYS = 3;
const LATER = 90;

/** What a lost machine cost. */
export interface Loss {
  /** Orders that the shop said yes to, and those of them that Stripe took money for. */
  readonly acknowledged: number;
  readonly paid: number;
  /** Orders that did not come back, and how old the oldest of them was when the machine went; 0 where none was. */
  readonly lost: number;
  readonly lostSeconds: number;
  /** From the loss until PostgreSQL took writes again, and until the shop was ready on it. */
  readonly databaseSeconds: number;
  readonly shopSeconds: number;
  /** Money that Stripe had and the restored database did not: taken in by itself, and left to a person. */
  readonly paymentsHealed: number;
  readonly paymentsForAPerson: number;
}

/** An order with the shop's word on it. */
interface Sale {
  readonly id: string;
  readonly at: number;
  page?: Acknowledged;
  paid?: true;
}

/**
 * Loses the server with its disk while orders are placed and paid, and restores what was archived until then: what is
 * gone is what the archive had not got yet, and Stripe's money for it is a task.
 * @throws AssertionError where money is neither taken in nor a task, Error where the audit has findings
 */
export async function rehearseLoss(
  bin: string,
  {
    archiveTimeoutSeconds,
    seconds,
    say,
  }: { archiveTimeoutSeconds: number; seconds: number; say: (line: string) => void },
): Promise<Loss> {
  const scene = await buildScene(bin, archiveTimeoutSeconds);
  try {
    const shop = await scene.openShop('all', scene.server);
    const variantId = await makeProduct(shop.url, await adminToken(shop.url), 'Oak board');
    const customer = new Customer(shop.url, scene.surroundings.stripeUrl);
    await customer.register();
    await scene.backups.full();
    say(`base backup made; orders are placed for ${seconds} s, then the server is lost`);
    const { sales, selling, lose } = sell(customer, variantId);
    await Promise.race([setTimeout(seconds * 1000), selling]);
    const lostAt = performance.now();
    lose();
    await scene.server.stop('immediate');
    await selling;
    await rm(scene.server.data, { recursive: true });
    await shop.stop();

    const restored = await scene.another('restored');
    await scene.backups.restore(restored, null);
    await restored.start();
    const databaseSeconds = secondsSince(lostAt);
    await moveNumbersOn(restored);
    const { orders } = await readBooks(restored);
    const gone = sales.filter(({ id }) => !orders.has(id));
    const lostSeconds = gone[0] ? (lostAt - gone[0].at) / 1000 : 0;
    say(
      `restored: ${gone.length} of ${sales.length} orders are gone, of ${lostSeconds.toFixed(1)} s`,
    );
    await expectCleanAudit(restored.url);

    const again = await scene.openShop('all', restored);
    const shopSeconds = secondsSince(lostAt);
    await eventsSent(restored);
    const money = await reconciled(scene, restored, { sales, orders, customer });
    await customer.order(variantId);
    await expectCleanAudit(restored.url);
    await again.stop();
    return {
      acknowledged: sales.length,
      paid: sales.filter(({ paid }) => paid).length,
      lost: gone.length,
      lostSeconds,
      databaseSeconds,
      shopSeconds,
      ...money,
    };
  } finally {
    await scene.close();
  }
}

/** Sells on and on until nothing answers any more. */
function sell(customer: Customer, variantId: string) {
  const sales: Sale[] = [];
  let lost = false;
  async function pay(sale: Sale | undefined): Promise<void> {
    if (sale?.page === undefined) return;
    await customer.pay(sale.page);
    sale.paid = true;
  }
  const selling = (async () => {
    while (!lost) {
      const sale: Sale = { id: await customer.place(variantId), at: performance.now() };
      sales.push(sale);
      sale.page = await customer.checkOut(sale.id);
      const count = sales.length;
      await pay(count % PAYS === 0 ? sale : undefined);
      await pay(count % PAYS === 1 ? sales[count - 1 - LATER] : undefined);
      await setTimeout(ORDER_EVERY_MS);
    }
  })().catch((error: unknown) => {
    if (!lost) throw error;
  });
  return {
    sales,
    selling,
    /** From now on an order that fails is one that the loss cost. */
    lose(): void {
      lost = true;
    },
  };
}

/** Compares with Stripe: money for orders that came back is theirs, the rest is a task each. */
async function reconciled(
  { surroundings }: Scene,
  restored: Server,
  {
    sales,
    orders,
    customer,
  }: {
    sales: readonly Sale[];
    orders: ReadonlyMap<string, { readonly status: string }>;
    customer: Customer;
  },
): Promise<Pick<Loss, 'paymentsHealed' | 'paymentsForAPerson'>> {
  await reconcileLater(restored.url, surroundings.stripeUrl);
  const paid = sales.flatMap(({ paid, page }) => (paid && page) || []);
  const kept = paid.filter(({ id }) => orders.has(id));
  for (const order of kept) await customer.paid(order);
  const tasks = await openTasks(restored);
  assert.equal(tasks.length, paid.length - kept.length, tasks.join('\n'));
  return {
    paymentsHealed: kept.filter(({ id }) => orders.get(id)?.status !== 'paid').length,
    paymentsForAPerson: tasks.length,
  };
}
