import type pg from 'pg';
import type { Config } from './config.ts';
import { createDb, type Db } from './database/database.ts';
import { poolState } from './database/pool.ts';
import { openPools, warnOfPooler } from './database/pools.ts';
import { primaryReads, startReads } from './database/replicas/reads.ts';
import { prepareSchema } from './database/schema.ts';
import { readVitals } from './database/vitals.ts';
import { readBacklog } from './events/backlog.ts';
import { readQueue } from './events/jobs.ts';
import { removeFactors } from './modules/factors/enrol.service.ts';
import { ensureAdmin } from './modules/identity/account.service.ts';
import { removeLinks } from './modules/oidc/oidc-account.service.ts';
import { readWebhookBacklog } from './modules/payments/webhooks.service.ts';
import { readOpenWork } from './modules/reconciliation/status.service.ts';
import type { Role, Services } from './shop.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** Connects to the database, brings its schema up to date, and puts in what a shop begins with. */
export async function openDatabase(
  pools: Parameters<typeof openPools>[1] & { metrics: Metrics },
  { admin, seed, ...services }: Services,
) {
  const { logger, metrics } = pools;
  const { pool, sessions, listener, migrator, most } = openPools(services, pools);
  const db = createDb(pool);
  measure(metrics, pool, db);
  const migrating = migrator();
  const applied = await prepareSchema(migrating, {
    onRetry: (retry) => logger.warn(retry, 'a migration met a lock, and tries again'),
  }).finally(() => migrating.end());
  if (applied.length > 0) logger.info({ applied }, 'schema migrated');
  if (sessions !== pool) await warnOfPooler(db, logger);
  if (admin)
    await ensureAdmin(db, admin, async (tx, userId) => {
      await removeFactors(tx, userId);
      await removeLinks(tx, userId);
    });
  await seed?.(db);
  return { pool, sessions, listener, most, db };
}

/** Reads of the web go to the replicas, where there are any. */
export async function openReplicas(
  { database: { replicaUrls } }: Config,
  { replicaUrl, onDatabaseRefused }: Services,
  {
    db,
    role,
    ...deps
  }: { db: Db; role: Role; max: number; instanceId: string; logger: Logger; metrics: Metrics },
) {
  if (replicaUrls.length === 0 || role === 'worker')
    return { ...primaryReads(db), stop: async () => undefined };
  const urls = replicaUrls.map((url, index) => () => replicaUrl?.(index) ?? url);
  const onRefused = onDatabaseRefused ?? (() => undefined);
  return startReads({ ...deps, primary: db, urls, onRefused });
}

/** Has the metrics read what only the pool and the database know. */
function measure(metrics: Metrics, pool: pg.Pool, db: Db): void {
  metrics.watchPool(() => poolState(pool));
  metrics.vitals.readBy(() => readVitals(db));
  metrics.outboxBacklog.readBy(() => readBacklog(db, 'outbox_events'));
  metrics.brokerBacklog.readBy(() => readBacklog(db, 'broker_events'));
  metrics.queue.readBy(() => readQueue(db));
  metrics.webhookBacklog.readBy(() => readWebhookBacklog(db));
  metrics.openWork.readBy(() => readOpenWork(db));
}
