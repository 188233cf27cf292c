import type { JobHelpers } from 'graphile-worker';
import { sql } from 'kysely';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StripeRecords } from '../../src/modules/payments/stripe-records.model.ts';
import { RECONCILE } from '../../src/modules/reconciliation/status.service.ts';
import { outgoingTasks, type TaskDeps } from '../../src/tasks.ts';
import { createActivityLog } from '../../src/telemetry/activity.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
beforeEach(async () => {
  await sql`TRUNCATE reconciliation_runs, reconciliation_cursors, reconciliation_findings CASCADE`.execute(
    database.db,
  );
  await sql`DELETE FROM graphile_worker._private_jobs`.execute(database.db);
});
afterEach(() => void vi.useRealTimers());
afterAll(() => database.drop());

const nothing = { data: [], hasMore: false };
/** Lists of Stripe with these payments in them. */
const listing = (intents: StripeRecords['intents']): Partial<StripeRecords> => ({
  events: async () => nothing,
  openSessions: async () => nothing,
  refunds: async () => nothing,
  intents,
});

/** Runs the job on a machine whose clock is so far from the database's. */
async function compare(offMs: number, records: Partial<StripeRecords>): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs });
  const metrics = createMetrics();
  const deps = {
    ...{ db: database.db, metrics, records },
    logger: createLogger('silent'),
    activity: createActivityLog({ metrics }),
  } as unknown as TaskDeps;
  const job = { task_identifier: RECONCILE, attempts: 1 };
  await outgoingTasks(deps)[RECONCILE]?.({}, { job } as JobHelpers);
}

describe('where a machine’s clock is five minutes off', () => {
  it.each([-300_000, 300_000])(
    'a comparison that failed comes again in a minute (%i ms)',
    async (offMs) => {
      await compare(offMs, {
        events: async () => {
          throw new Error('away');
        },
      });
      const { rows } = await sql<{ seconds: number }>`
        SELECT extract(epoch FROM run_at - now())::int AS seconds FROM graphile_worker.jobs`.execute(
        database.db,
      );
      expect(rows).toEqual([{ seconds: expect.any(Number) }]);
      expect(rows[0]?.seconds).toBeGreaterThan(30);
      expect(rows[0]?.seconds).toBeLessThanOrEqual(60);
    },
  );

  it('what is under way is left alone', async () => {
    const charge = { created: Math.floor(Date.now() / 1000), amount_refunded: 0 };
    const intent = {
      ...{ id: 'pi_new', status: 'succeeded', amount_received: 500, currency: 'usd' },
      ...{ metadata: {}, latest_charge: charge },
    } as unknown as Stripe.PaymentIntent;
    await compare(
      300_000,
      listing(async () => ({ data: [intent], hasMore: false })),
    );
    const { rows } = await sql`
      SELECT kind FROM reconciliation_findings
      UNION ALL SELECT error FROM reconciliation_runs WHERE error IS NOT NULL`.execute(database.db);
    expect(rows).toEqual([]);
  });
});
