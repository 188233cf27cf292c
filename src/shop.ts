import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type AppDeps, buildApp } from './app.ts';
import type { BrokerConfig } from './config/broker.ts';
import type { Config } from './config.ts';
import { warnOfConnections } from './database/connections.ts';
import type { Db } from './database/database.ts';
import { keepInstance } from './database/instances.ts';
import { poolWaitMs } from './database/pool.ts';
import type { App } from './http/app-type.ts';
import { liveCache } from './http/cache/live-cache.ts';
import { closeServer } from './http/draining.ts';
import { startFlags } from './modules/flags/running-flags.service.ts';
import type { Mailer } from './modules/notifications/notifications.model.ts';
import { guardMailer } from './modules/notifications/notifications.service.ts';
import type { StripeConfig } from './modules/payments/stripe.gateway.ts';
import {
  createGuardedRecords,
  createStripeGateways,
} from './modules/payments/stripe-guards.gateway.ts';
import { startActivityWriter } from './modules/story/activity.service.ts';
import { createWebhookSender } from './modules/webhooks/webhook-post.gateway.ts';
import { GIVE_UP_WITHIN_MS, POOL_MAX } from './process-limits.ts';
import type { Keyring } from './secrets/keyring.ts';
import { openDatabase, openReplicas } from './shop-database.ts';
import { createActivityLog } from './telemetry/activity.ts';
import { createExposition } from './telemetry/exposition.ts';
import type { Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { createLooseActs } from './trail/loose-acts.ts';
import { startTrailWriter } from './trail/writer.ts';
import type { WorkerDeps } from './worker.ts';

/** The services a shop stands on: the real ones, or the local ones of development. */
export interface Services {
  /** Asked for every new connection where it is a function. */
  readonly databaseUrl: string | (() => string);
  /** The way around the pooler that `databaseUrl` leads through, where one does. */
  readonly directDatabaseUrl?: () => string;
  /** The address of a replica now, by its place in the configuration; left out: as the configuration has it. */
  readonly replicaUrl?: (index: number) => string | undefined;
  /** Called when the database refuses who connects. */
  readonly onDatabaseRefused?: () => void;
  readonly keyring: Keyring;
  readonly stripe: StripeConfig;
  readonly mailer: Mailer;
  /** Asked for every new connection; null: no broker. */
  readonly eventBroker: () => BrokerConfig | null;
  readonly admin: { readonly email: string; readonly password: string } | null;
  readonly developmentPages?: AppDeps['developmentPages'];
  /** Runs once the schema is there: the demo catalogue. */
  readonly seed?: (db: Db) => Promise<void>;
  /** Runs once all is built, before anybody is listened to. */
  readonly onBuilt?: () => Promise<void>;
}

/** What a process does of the shop: requests, jobs and sweeps, or both. */
export const roles = ['all', 'web', 'worker'] as const;
export type Role = (typeof roles)[number];

/** How long requests of connections that were taken are waited for at a stop, at most. */
const MOST_SETTLE_MS = 1000;

export interface Shop {
  /** Where it listens, http://host:port. */
  readonly url: string;
  readonly db: Db;
  /**
   * Stops without losing work: readiness says 503 for `graceMs` so that load balancers turn away, then nothing new
   * is accepted, what is under way is finished, and jobs, pool and listeners are closed.
   */
  stop(graceMs: number): Promise<void>;
}

/** Starts a shop's web, worker or both in this process. A worker listens too, for probes and metrics alone. */
export async function startShop(
  config: Config,
  services: Services,
  logger: Logger,
  role: Role = 'all',
): Promise<Shop> {
  const metrics = createMetrics();
  const max = config.database.poolMax ?? POOL_MAX[role];
  const { redisUrl, publicUrl } = config;
  const { pool, sessions, listener, most, db } = await openDatabase(
    { max, runsJobs: role !== 'web', listens: redisUrl === null, logger, metrics },
    services,
  );
  const redis =
    redisUrl === null ? null : await connectRedis(redisUrl, publicUrl, { logger, metrics });
  const flags = await startFlags({ db, logger, metrics }, () => changes.letGo());
  const { cache, readings, ...changes } = liveCache({
    ...{ db, redis, listener, logger },
    onFlags: flags.held.reloadSoon,
  });
  metrics.watchAnswers(cache.counts);
  metrics.watchReadings(readings.counts);
  const leaving = new AbortController();
  const stripe = createStripeGateways(services.stripe, { metrics, logger }, leaving.signal);
  const activity = createActivityLog({ metrics });
  const activityWriter = startActivityWriter({ db, activity, logger });
  const acts = createLooseActs();
  const trailWriter = startTrailWriter({ db, acts, logger });
  const timed = config.database.replicaUrls.length > 0;
  const instance = await keepInstance(db, { role, connections: most, timed }, (error) =>
    logger.warn({ err: error }, 'this process could not say that it runs'),
  );
  await warnOfConnections(db, logger);
  const reads = await openReplicas(config, services, {
    db,
    instanceId: instance.id,
    logger,
    metrics,
    role,
    max,
  });
  let draining = false;
  const { port: metricsPort } = config.metrics;
  const exposeMetrics = createExposition(metrics.registry);
  const parts = {
    config,
    db,
    reads,
    cache,
    readings,
    flags,
    redis,
    stripe: stripe.forRequests,
    keyring: services.keyring,
    logger,
    metrics,
    activity,
    acts,
    isDraining: () => draining,
    poolWaitMs: () => poolWaitMs(pool),
    developmentPages: services.developmentPages,
  };
  const app = await buildApp({
    ...parts,
    serves: role === 'worker' ? 'probes' : 'shop',
    exposeMetrics: metricsPort === null ? exposeMetrics : null,
  });
  const probes =
    metricsPort === null ? null : await buildApp({ ...parts, serves: 'probes', exposeMetrics });
  const worker =
    role === 'web'
      ? null
      : await beginWork({
          sessions,
          db,
          stripe: stripe.forJobs,
          records: createGuardedRecords(services.stripe, { metrics, logger }, leaving.signal),
          mailer: guardMailer(services.mailer, { metrics, logger }, leaving.signal),
          webhooks: createWebhookSender({ insecure: config.environment !== 'production' }),
          eventBroker: services.eventBroker,
          publicUrl,
          logger,
          metrics,
          activity,
        });
  await app.ready();
  await services.onBuilt?.();
  await probes?.listen({ port: metricsPort ?? 0, host: config.host });
  await app.listen({ port: config.port, host: config.host });
  return {
    url: urlOf(app, config),
    db,
    async stop(graceMs) {
      draining = true;
      await pause(graceMs);
      const patience = setTimeout(() => leaving.abort(), GIVE_UP_WITHIN_MS);
      await closeServer(app, Math.min(graceMs, MOST_SETTLE_MS));
      await worker?.stop();
      clearTimeout(patience);
      await activityWriter.stop();
      await trailWriter.stop();
      await flags.stop();
      await reads.stop();
      await changes.close();
      redis?.close();
      await instance.stop();
      // The last to go: a stop is watched to its end.
      if (probes) await closeServer(probes, 0);
      await db.destroy();
      if (sessions !== pool) await sessions.end();
    },
  };
}

/** Jobs and sweeps: a web process never loads them. */
async function beginWork(deps: WorkerDeps) {
  const { startWorker } = await import('./worker.ts');
  return startWorker(deps);
}

/** Its client is loaded only where there is a Redis. */
async function connectRedis(
  url: string,
  shop: string,
  telemetry: { logger: Logger; metrics: Metrics },
) {
  const { openRedis } = await import('./http/redis-health.ts');
  return openRedis(url, shop, telemetry);
}

function urlOf({ server }: App, { host }: Config): string {
  const { port } = server.address() as AddressInfo;
  const here = host === '0.0.0.0' ? '127.0.0.1' : host;
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}`;
}
