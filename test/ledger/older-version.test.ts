import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inTransaction, type Tx } from '../../src/database/database.ts';
import { migrateDown, migrateUp } from '../../src/database/migrate.ts';
import { enqueueJob } from '../../src/events/jobs.ts';
import { firstIdAt } from '../../src/modules/ledger/ledger.model.ts';
import { postMissing } from '../../src/modules/ledger/ledger.service.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createEmptyDatabase, insertSample } from '../database/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import {
  findings,
  findingsIn,
  forgetMovements,
  movementsOf,
  placeOrder,
  placePaid,
} from './support.ts';

describe('the migration that brings the ledger', () => {
  it('posts what payments and refunds moved before', async () => {
    const database = await createEmptyDatabase();
    onTestFinished(() => database.drop());
    const { db, pool } = database.open();
    await migrateUp(db);
    while ((await migrateDown(db)) !== '0008-ledger');
    await insertSample(pool);
    await pool.query(`UPDATE payments SET created_at = '2025-03-01T12:00:00Z'`);
    await migrateUp(db);

    const { rows } = await pool.query(
      `SELECT kind, debit_account, credit_account, amount, currency FROM ledger_transactions ORDER BY id`,
    );
    expect(rows).toEqual([
      moved('capture', 'stripe_balance', 'sales', 1999),
      moved('refund_requested', 'sales', 'refunds_pending', 100),
      moved('refund_succeeded', 'refunds_pending', 'stripe_balance', 100),
    ]);
    const { rows: times } = await pool.query(
      `SELECT id, created_at FROM ledger_transactions WHERE kind = 'capture'`,
    );
    expect(times[0]).toMatchObject({ created_at: new Date('2025-03-01T12:00:00Z') });
    expect(times[0].id).toMatch(
      new RegExp(`^${firstIdAt(new Date('2025-03-01T12:00:00Z')).slice(0, 18)}`),
    );
  });

  function moved(kind: string, debit_account: string, credit_account: string, amount: number) {
    return { kind, debit_account, credit_account, amount, currency: 'USD' };
  }
});

describe('beside a version without a ledger, the sweep', () => {
  let shop: TestShop;
  const metrics = createMetrics();
  const sweep = (since: { hours: number } | null, db = shop.db) =>
    postMissing({ db, logger: createLogger('silent'), metrics }, since);
  /** Forgets movements and looks, in one transaction: the shop's own worker sweeps too. */
  const without = <T>(orderId: string, look: (tx: Tx) => Promise<T>) =>
    inTransaction(shop.db, async (tx) => {
      await forgetMovements(tx, orderId);
      return look(tx);
    });
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  it('posts what it left unposted, as if it had been posted at once', async () => {
    const order = await placePaid(shop);
    await refund(order.id, 500);
    const before = await movementsOf(shop, order.id);
    expect(before).toHaveLength(3);
    await without(order.id, async (tx) => {
      expect(await findingsIn(tx)).toContainEqual(expect.stringMatching(/^ledger-has-payments/));
      expect(await sweep({ hours: 2 }, tx)).toBe(3);
    });
    expect(await movementsOf(shop, order.id)).toEqual(before);
    expect(await findings(shop)).toEqual([]);
    expect(await metrics.ledgerRepaired.get()).toMatchObject({ values: [{ value: 3 }] });
  });

  it('posts each movement once when several instances sweep at once', async () => {
    const orders = await Promise.all(Array.from({ length: 4 }, () => placePaid(shop)));
    for (const { id } of orders) await forgetMovements(shop.db, id);
    await Promise.all(Array.from({ length: 5 }, () => sweep(null)));
    for (const { id } of orders)
      expect(await movementsOf(shop, id)).toEqual(['capture: 2000 sales → stripe_balance']);
    expect(await sweep(null)).toBe(0);
  });

  it('finds what an older version did long ago only when it looks at everything', async () => {
    const { id } = await placePaid(shop);
    await sql`UPDATE payments SET updated_at = now() - interval '3 days' WHERE order_id = ${id}`.execute(
      shop.db,
    );
    await without(id, async (tx) => {
      expect(await sweep({ hours: 2 }, tx)).toBe(0);
      expect(await sweep(null, tx)).toBe(1);
    });
  });

  it('is spared the request of a refund that ends in this version', async () => {
    const { id } = await placePaid(shop);
    await shop.fault({ down: true });
    await refund(id, 500);
    await forgetMovements(shop.db, id);
    await shop.fault({ clear: true });
    const succeeded = 'refund_succeeded: 500 stripe_balance → refunds_pending';
    await until(async () => (await movementsOf(shop, id)).includes(succeeded));
    expect(await movementsOf(shop, id)).toContain('refund_requested: 500 refunds_pending → sales');
    await sweep({ hours: 2 });
    expect(await movementsOf(shop, id)).toHaveLength(3);
  });

  it('is run by sweep_hourly also where another sweep before it fails', async () => {
    const { id } = await placePaid(shop);
    await forgetMovements(shop.db, id);
    // Too long ago for the sweep of each minute.
    await sql`UPDATE payments SET updated_at = now() - interval '3 hours' WHERE order_id = ${id}`.execute(
      shop.db,
    );
    await sql`ALTER TABLE carts RENAME TO carts_away`.execute(shop.db);
    onTestFinished(async () => {
      await sql`ALTER TABLE carts_away RENAME TO carts`.execute(shop.db);
    });
    await enqueueJob(shop.db, 'sweep_hourly', {});
    await until(async () => (await movementsOf(shop, id)).length === 1);
  });

  it.each(['sweep_ledger', 'sweep_hourly'])('is run by the worker’s %s', async (task) => {
    const { id } = await placeOrder(shop);
    await shop.api('PUT', `/api/orders/${id}`, {
      token: await shop.adminToken(),
      body: { status: 'paid' },
    });
    await forgetMovements(shop.db, id);
    await enqueueJob(shop.db, task, {});
    await until(async () => (await movementsOf(shop, id)).length === 1);
    expect(await movementsOf(shop, id)).toEqual(['capture: 2000 sales → manual_receipts']);
  });

  async function refund(orderId: string, amount: number) {
    return shop.api('POST', `/api/orders/${orderId}/refunds`, {
      token: await shop.adminToken(),
      body: { amount: { amount, currency: 'USD' } },
    });
  }
});
