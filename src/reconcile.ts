import { refuseArguments, runCommand } from './command.ts';
import { environment } from './config/environment.ts';
import { loadStripeToolConfig } from './config/tools.ts';
import {
  createGuardedRecords,
  createStripeGateways,
} from './modules/payments/stripe-guards.gateway.ts';
import { reconcile } from './modules/reconciliation/reconcile.service.ts';
import { reconciliationReport } from './modules/reconciliation/reconciliation.views.ts';
import { reconciliationStatus } from './modules/reconciliation/status.service.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';

// Exit code 0 where Stripe and the shop agree, 1 with findings, 2 when they could not be compared.
await runCommand(environment(), 2, async ({ db, say, fetched }) => {
  refuseArguments('Usage: npm run reconcile');
  const telemetry = { metrics: createMetrics(), logger: createLogger('error') };
  const config = { ...loadStripeToolConfig(environment(), fetched), webhookSecrets: [] };
  const deps = {
    ...telemetry,
    db,
    stripe: createStripeGateways(config, telemetry).forJobs,
    records: createGuardedRecords(config, telemetry),
  };
  let outcome = await reconcile(deps, { trigger: 'command' });
  while (outcome.kind === 'unfinished') outcome = await reconcile(deps, { trigger: 'command' });
  if (outcome.kind === 'busy')
    throw new Error('Another reconciliation is at work; try again soon.');
  const status = await reconciliationStatus(db);
  say(reconciliationReport(status));
  if (outcome.kind === 'failed') return 2;
  return status.findings.length > 0 ? 1 : 0;
});
