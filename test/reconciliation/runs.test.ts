import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginRun } from '../../src/modules/reconciliation/runs.repository.ts';
import { startEntry } from '../support/process.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { openReconciler, paidOrder, placedOrder, statusOf } from './support.ts';

let shop: TestShop;
let reconciler: ReturnType<typeof openReconciler>;
beforeEach(async () => {
  shop = await startShop();
  reconciler = openReconciler(shop);
});
afterEach(() => shop.stop());

const cursors = async () => {
  const { rows } = await sql<{ list: string; done_until: Date | null; after_id: string | null }>`
    SELECT list, done_until, after_id FROM reconciliation_cursors ORDER BY list`.execute(shop.db);
  return new Map(rows.map(({ list, ...cursor }) => [list, cursor]));
};

describe('runs of reconciliation', () => {
  it('are one at a time', async () => {
    // Whoever is at work goes on once the others were told so.
    const { promise: othersEnded, resolve } = Promise.withResolvers<void>();
    const { run } = openReconciler(shop, othersEnded);
    const kinds: string[] = [];
    const runs = Array.from({ length: 5 }, async () => kinds.push((await run()).kind));
    await until(() => kinds.length === 4);
    resolve();
    await Promise.all(runs);
    expect(kinds).toEqual(['busy', 'busy', 'busy', 'busy', 'done']);
    const { rows } = await sql`SELECT FROM reconciliation_runs`.execute(shop.db);
    expect(rows).toHaveLength(1);
  });

  it('fail and change nothing while Stripe is away, and catch up when it is back', async () => {
    const order = await paidOrder(shop, { lost: true });
    await shop.fault({ down: true });
    expect(await reconciler.run()).toEqual({ kind: 'failed' });
    expect(await reconciler.lastRun()).toMatchObject({
      error: expect.stringContaining('Payments cannot be taken'),
      unfinished: true,
    });
    expect(await statusOf(shop, order)).toBe('pending');
    await shop.fault({ clear: true });
    expect(await reconciler.run()).toEqual({ kind: 'done' });
    expect(await statusOf(shop, order)).toBe('paid');
  });

  it('read no more pages than they may, and go on where they stopped', async () => {
    const order = await paidOrder(shop, { lost: true });
    // Declined cards, for more events than a page has; the lost ones are the oldest.
    const { sessionId } = await placedOrder(shop);
    for (let times = 0; times < 210; times += 1)
      await shop.payAtStandIn(sessionId, '4000000000000002');
    const kinds: string[] = [];
    for (let runs = 0; runs < 3; runs += 1) kinds.push((await reconciler.run({ pages: 1 })).kind);
    expect(kinds).toEqual(['unfinished', 'unfinished', 'done']);
    expect(await statusOf(shop, order)).toBe('paid');
  });

  it('are taken up again after one was killed in the middle', async () => {
    const order = await paidOrder(shop, { lost: true });
    const env = {
      DATABASE_URL: shop.databaseUrl,
      STRIPE_SECRET_KEY: 'sk_test_tests',
      STRIPE_API_BASE: shop.standInUrl,
    };
    await shop.fault({ latencyMs: 60_000, match: 'GET /v1/refunds' });
    const { child, ended } = startEntry('reconcile.ts', [], env);
    await until(async () => (await cursors()).get('refunds') !== undefined);
    child.kill('SIGKILL');
    await ended;
    await shop.fault({ clear: true });
    expect(await reconciler.run()).toEqual({ kind: 'busy' });
    await sql`UPDATE reconciliation_runs SET alive_until = now() - interval '1 second'`.execute(
      shop.db,
    );
    expect(await reconciler.run()).toEqual({ kind: 'done' });
    expect(await statusOf(shop, order)).toBe('paid');
    const { rows } = await sql<{ error: string | null }>`
      SELECT error FROM reconciliation_runs ORDER BY id`.execute(shop.db);
    expect(rows).toEqual([{ error: 'it ended without a word' }, { error: null }]);
  });

  it('does not wait for one that was killed before the database’s clock was set back', async () => {
    await beginRun(shop.db, 'schedule');
    expect(await reconciler.run()).toEqual({ kind: 'busy' });
    await sql`UPDATE reconciliation_runs SET alive_until = alive_until + interval '1 hour'`.execute(
      shop.db,
    );
    expect(await reconciler.run()).toEqual({ kind: 'done' });
  });

  it('that stood still until others took over leave the window of those alone', async () => {
    const { promise: wakes, resolve: wake } = Promise.withResolvers<void>();
    const stood = openReconciler(shop, wakes);
    const still = stood.run();
    await until(async () => (await cursors()).has('events'));
    await sql`UPDATE reconciliation_runs SET alive_until = now() - interval '1 second'`.execute(
      shop.db,
    );
    expect(await reconciler.run()).toEqual({ kind: 'done' });
    // The next one reads the first of its pages.
    const { sessionId } = await placedOrder(shop);
    for (let times = 0; times < 110; times += 1)
      await shop.payAtStandIn(sessionId, '4000000000000002');
    expect(await reconciler.run({ pages: 1 })).toEqual({ kind: 'unfinished' });
    const begun = (await cursors()).get('events');
    expect(begun?.after_id).toMatch(/^evt_/);
    wake();
    expect(await still).toEqual({ kind: 'failed' });
    expect((await cursors()).get('events')).toEqual(begun);
  });

  it('are made by the worker when an administrator asks, and seen in the metrics', async () => {
    const { variantId } = await shop.product();
    await sql`UPDATE stock_levels SET on_hand = 99 WHERE variant_id = ${variantId}`.execute(
      shop.db,
    );
    await sql`SELECT graphile_worker.add_job('reconcile', '{"trigger": "admin"}')`.execute(shop.db);
    await until(async () => (await reconciler.lastRun())?.finishedAt != null);
    expect(await reconciler.lastRun()).toMatchObject({
      trigger: 'admin',
      findings: 1,
      error: null,
    });
    let text = '';
    // They are absent while the database is slow to tell them.
    await until(async () => {
      text = String((await shop.api('GET', '/metrics')).body);
      return text.includes('reconciliation_findings{kind=');
    });
    expect(text).toContain('reconciliation_findings{kind="stock_differs"} 1');
    expect(text).toContain('reconciliation_findings{kind="payment_unknown"} 0');
    expect(text).toContain('admin_tasks_open{severity="error"} 1');
    expect(text).toMatch(/\nreconciliation_last_success_timestamp_seconds 1\d{9}/);
  });
});
