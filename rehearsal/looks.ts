import { createDb, type Db } from '../src/database/database.ts';
import { createPool } from '../src/database/pool.ts';
import { auditShop, hasFindings } from '../src/modules/audit/audit.service.ts';
import { auditReport } from '../src/modules/audit/audit.views.ts';
import {
  createGuardedRecords,
  createStripeGateways,
} from '../src/modules/payments/stripe-guards.gateway.ts';
import { reconcile } from '../src/modules/reconciliation/reconcile.service.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { trailHead } from '../src/trail/trail.ts';

const QUIET_MS = 180_000;

/** Audits a shop as `npm run audit` does. @throws Error with its report where it has findings. */
export function expectCleanAudit(databaseUrl: string): Promise<void> {
  return looking(databaseUrl, async (db) => {
    const head = await trailHead(db);
    const results = await auditShop(db, null);
    if (hasFindings(results)) throw new Error(auditReport(results, head));
  });
}

/**
 * Compares a shop with its Stripe as `npm run reconcile` does, as if the three minutes had passed after which nothing
 * is on its way any more.
 */
export function reconcileLater(databaseUrl: string, stripeUrl: string): Promise<void> {
  const telemetry = { metrics: createMetrics(), logger: createLogger('silent') };
  const config = { secretKey: 'sk_test_of_the_rehearsal', apiBase: stripeUrl, webhookSecrets: [] };
  return looking(databaseUrl, async (db) => {
    const deps = {
      ...telemetry,
      db,
      stripe: createStripeGateways(config, telemetry).forJobs,
      records: createGuardedRecords(config, telemetry),
    };
    const at = new Date(Date.now() + QUIET_MS);
    for (let kind = 'busy'; kind !== 'done'; )
      ({ kind } = await reconcile(deps, { trigger: 'command', at }));
  });
}

async function looking(databaseUrl: string, look: (db: Db) => Promise<void>): Promise<void> {
  const logger = createLogger('silent');
  const db = createDb(createPool(databaseUrl, { max: 2, logger, statementTimeoutMs: 0 }));
  await look(db).finally(() => db.destroy());
}
