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
import { hotAnswers } from './http/cache/hot-answers.ts';
import { addressBehind } from './http/client-address.ts';
import { correlate, correlationIdOf } from './http/correlation.ts';
import { answerErrors, refuseAddress } from './http/errors.ts';
import { healthRoutes, metricsRoute } from './http/health.routes.ts';
import { errorPage } from './http/layout.views.ts';
import { type Limiting, limitRequests, NO_LIMITS } from './http/limits/limit-requests.ts';
import { createRequestLimits } from './http/limits/request-limits.ts';
import { classifyRoutes } from './http/limits/route-classes.ts';
import { shedLoad } from './http/limits/shedding.ts';
import { documentApi, documentEvents } from './http/openapi.ts';
import type { WatchedRedis } from './http/redis.gateway.ts';
import { logRequests, requestRecords } from './http/request-log.ts';
import { traceRequests } from './http/request-trace.ts';
import { schemaCompilers } from './http/schema-compilers.ts';
import { frameworkOptions, httpOptions, limitServer, SERVER_LIMITS } from './http/server-limits.ts';
import { noteActs } from './http/trail.ts';
import { validateStrictly } from './http/validation.ts';
import { MAX_IMPORT_BYTES } from './modules/catalog/transfer.controller.ts';
import type { ActivityLog } from './telemetry/activity.ts';
import type { Exposition } from './telemetry/exposition.ts';
import { traceRequest } from './telemetry/spans.ts';
import type { LooseActs } from './trail/loose-acts.ts';

/** What the process brings; everything else is built and joined here. */
export interface AppDeps extends ModuleDeps {
  /** The whole shop, or what looks into a process alone: health and metrics. */
  readonly serves: 'shop' | 'probes';
  /** What answers /metrics here; null: another listener does. */
  readonly exposeMetrics: ((accept: string) => Promise<Exposition>) | null;
  readonly activity: ActivityLog;
  readonly acts: LooseActs;
  readonly redis: WatchedRedis | null;
  readonly isDraining: () => boolean;
  /** How long the first in a long line has waited for a connection to the database, in milliseconds. */
  readonly poolWaitMs: () => number;
}

const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/** The composition root: the HTTP server with every part joined by hand. It listens when told to. */
export async function buildApp(deps: AppDeps): Promise<App> {
  const { config, db, logger, metrics } = deps;
  const hot = hotAnswers(httpOptions(SERVER_LIMITS));
  // In production a reverse proxy of the private network stands in front and says who asks.
  const trustProxy = config.environment === 'production' && [
    'loopback',
    'linklocal',
    'uniquelocal',
  ];
  const isTraced = config.tracing.endpoint !== null;
  const record = requestRecords({ logger, metrics });
  const app: App = fastify({
    logger: false,
    genReqId: correlationIdOf,
    frameworkErrors: refuseAddress,
    ...frameworkOptions(SERVER_LIMITS, metrics),
    serverFactory: hot.serverFactory,
    trustProxy,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    schemaController: schemaCompilers(),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.decorateRequest('principal', null);
  app.decorateRequest('visitor', '');
  app.decorateRequest('since', null);
  if (isTraced) traceRequests(app);
  correlate(app);
  logRequests(app, { metrics, record });
  noteRequests(app, deps.activity);
  noteActs(app, deps.acts);
  validateStrictly(app);
  answerErrors(app, {
    logger,
    errorPage: (_request, problem) => errorPage(problem).toString(),
  });
  limitServer(app, SERVER_LIMITS, metrics);
  const limiting = deps.serves === 'shop' ? await serveShoppers(app, deps) : null;
  healthRoutes(app, { pingDatabase: () => ping(db), isDraining: deps.isDraining });
  if (deps.exposeMetrics)
    metricsRoute(app, { expose: deps.exposeMetrics, token: config.metrics.token });
  if (limiting) {
    await joinModules(app, deps, limiting.byPrincipal);
    hot.open({
      cache: deps.cache,
      limit: limiting.anonymous,
      addressOf: addressBehind(trustProxy),
      record,
      follow: isTraced ? traceRequest : null,
    });
    app.addHook('preClose', async () => hot.close());
  }
  return app;
}

/**
 * What pages and API share: headers, rate limits, compression, uploads, the public folder, the documentation. Returns
 * how visitors and scopes with an authentication of their own are limited.
 */
async function serveShoppers(app: App, deps: AppDeps): Promise<Limiting> {
  const { config } = deps;
  tellBrowsers(app, {
    overTls: config.publicUrl.startsWith('https:'),
    production: config.environment === 'production',
    paymentBase: config.stripe.apiBase,
  });
  classifyRoutes(app);
  if (config.loadShedding) shedLoad(app, deps);
  const limiting = limitTraffic(app, deps);
  await app.register(compress, {
    threshold: 1024,
    encodings: ['br', 'gzip'],
    globalDecompression: false,
  });
  // One byte more than is taken, so that a larger file is seen to be larger rather than cut.
  await app.register(multipart, {
    limits: {
      ...{ files: 1, fileSize: MAX_IMPORT_BYTES + 1 },
      ...{ parts: 10, fields: 9, fieldSize: 64 * 1024, fieldNameSize: 100, headerPairs: 20 },
    },
  });
  // Whoever changes a style sheet sees it at the next look.
  const maxAge = config.environment === 'development' ? 0 : '1h';
  await app.register(staticFiles, { root: PUBLIC_FOLDER, maxAge, decorateReply: false });
  await documentApi(app, config);
  documentEvents(app, asyncApiDocument(config.publicUrl));
  return limiting;
}

function limitTraffic(app: App, { config, redis, metrics }: AppDeps): Limiting {
  if (!config.rateLimit) return NO_LIMITS;
  const limits = createRequestLimits(redis);
  return limitRequests(app, { limits, metrics, percent: config.rateLimitPercent });
}
