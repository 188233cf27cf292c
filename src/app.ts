import { fileURLToPath } from 'node:url';
import compress from '@fastify/compress';
import multipart from '@fastify/multipart';
import staticFiles from '@fastify/static';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import { joinModules, type ModuleDeps } from './app-modules.ts';
import { ping } from './database/database.ts';
import { asyncApiDocument } from './events/asyncapi.ts';
import { noteRequests } from './http/activity.ts';
import type { App } from './http/app-type.ts';
import { tellBrowsers } from './http/browser-headers.ts';
import { correlate, correlationIdOf } from './http/correlation.ts';
import { answerErrors, refuseAddress } from './http/errors.ts';
import { healthRoutes, metricsRoute } from './http/health.routes.ts';
import { errorPage } from './http/layout.views.ts';
import { type LimitByPrincipal, limitRequests } from './http/limits/limit-requests.ts';
import { createRequestLimits } from './http/limits/request-limits.ts';
import { classifyRoutes } from './http/limits/route-classes.ts';
import { shedLoad } from './http/limits/shedding.ts';
import { documentApi, documentEvents } from './http/openapi.ts';
import { logRequests } from './http/request-log.ts';
import { traceRequests } from './http/request-trace.ts';
import { limitServer, SERVER_LIMITS, serverOptions } from './http/server-limits.ts';
import { noteActs } from './http/trail.ts';
import { validateStrictly } from './http/validation.ts';
import { MAX_IMPORT_BYTES } from './modules/catalog/transfer.controller.ts';
import type { ActivityLog } from './telemetry/activity.ts';
import type { Exposition } from './telemetry/exposition.ts';
import type { LooseActs } from './trail/loose-acts.ts';

/** What the process brings; everything else is built and joined here. */
export interface AppDeps extends ModuleDeps {
  /** The whole shop, or what looks into a process alone: health and metrics. */
  readonly serves: 'shop' | 'probes';
  /** What answers /metrics here; null: another listener does. */
  readonly exposeMetrics: ((accept: string) => Promise<Exposition>) | null;
  readonly activity: ActivityLog;
  readonly acts: LooseActs;
  readonly isDraining: () => boolean;
  /** How long the first in a long line has waited for a connection to the database, in milliseconds. */
  readonly poolWaitMs: () => number;
}

const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/** The composition root: the HTTP server with every part joined by hand. It listens when told to. */
export async function buildApp(deps: AppDeps): Promise<App> {
  const { config, db, logger, metrics } = deps;
  const app: App = fastify({
    logger: false,
    genReqId: correlationIdOf,
    frameworkErrors: refuseAddress,
    ...serverOptions(SERVER_LIMITS, metrics),
    // In production a reverse proxy of the private network stands in front and says who asks.
    trustProxy:
      config.environment === 'production' ? ['loopback', 'linklocal', 'uniquelocal'] : false,
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.decorateRequest('principal', null);
  app.decorateRequest('visitor', '');
  app.decorateRequest('since', null);
  traceRequests(app);
  correlate(app);
  logRequests(app, { logger, metrics });
  noteRequests(app, deps.activity);
  noteActs(app, deps.acts);
  validateStrictly(app);
  answerErrors(app, {
    logger,
    errorPage: (_request, problem) => errorPage(problem).toString(),
  });
  limitServer(app, SERVER_LIMITS, metrics);
  const limit = deps.serves === 'shop' ? await serveShoppers(app, deps) : null;
  healthRoutes(app, { pingDatabase: () => ping(db), isDraining: deps.isDraining });
  if (deps.exposeMetrics)
    metricsRoute(app, { expose: deps.exposeMetrics, token: config.metrics.token });
  if (limit) await joinModules(app, deps, limit);
  return app;
}

/**
 * What pages and API share: headers, rate limits, compression, uploads, the public folder, the documentation. Returns
 * how scopes with an authentication of their own are limited.
 */
async function serveShoppers(app: App, deps: AppDeps): Promise<LimitByPrincipal> {
  const { config } = deps;
  await tellBrowsers(app, {
    overTls: config.publicUrl.startsWith('https:'),
    production: config.environment === 'production',
    paymentBase: config.stripe.apiBase,
  });
  classifyRoutes(app);
  if (config.loadShedding) shedLoad(app, deps);
  const limit = limitTraffic(app, deps);
  await app.register(compress, { threshold: 1024, globalDecompression: false });
  // One byte more than is taken, so that a larger file is seen to be larger rather than cut.
  await app.register(multipart, {
    limits: {
      ...{ files: 1, fileSize: MAX_IMPORT_BYTES + 1 },
      ...{ parts: 10, fields: 9, fieldSize: 64 * 1024, fieldNameSize: 100, headerPairs: 20 },
    },
  });
  await app.register(staticFiles, { root: PUBLIC_FOLDER, maxAge: '1h', decorateReply: false });
  await documentApi(app, config);
  documentEvents(app, asyncApiDocument(config.publicUrl));
  return limit;
}

function limitTraffic(app: App, { config, logger, metrics }: AppDeps): LimitByPrincipal {
  if (!config.rateLimit) return () => undefined;
  const limits = createRequestLimits({ redisUrl: config.redisUrl, logger, metrics });
  return limitRequests(app, { limits, metrics, percent: config.rateLimitPercent });
}
