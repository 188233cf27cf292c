import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import type { ModuleDeps } from './app-modules.ts';
import { ping } from './database/database.ts';
import { noteRequests } from './http/activity.ts';
import type { App } from './http/app-type.ts';
import { hotAnswers } from './http/cache/hot-answers.ts';
import { addressBehind } from './http/client-address.ts';
import { correlate, correlationIdOf } from './http/correlation.ts';
import { answerErrors, refuseAddress } from './http/errors.ts';
import { healthRoutes, metricsRoute } from './http/health.routes.ts';
import { errorPage } from './http/layout.views.ts';
import { ROUTING } from './http/methods.ts';
import type { WatchedRedis } from './http/redis.gateway.ts';
import { logRequests, requestRecords } from './http/request-log.ts';
import { traceRequests } from './http/request-trace.ts';
import { schemaCompilers } from './http/schema-compilers.ts';
import { frameworkOptions, httpOptions, limitServer, SERVER_LIMITS } from './http/server-limits.ts';
import { noteActs } from './http/trail.ts';
import { validateStrictly } from './http/validation.ts';
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
    routerOptions: ROUTING,
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
  const shop = deps.serves === 'shop' ? await loadShop() : null;
  const limiting = await shop?.serveShoppers(app, deps);
  healthRoutes(app, { pingDatabase: () => ping(db), isDraining: deps.isDraining });
  if (deps.exposeMetrics)
    metricsRoute(app, { expose: deps.exposeMetrics, token: config.metrics.token });
  if (shop && limiting) {
    await shop.joinModules(app, deps, limiting.byPrincipal);
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

/** What people and programs are served with: a worker never loads it. */
async function loadShop() {
  const { serveShoppers } = await import('./app-shoppers.ts');
  const { joinModules } = await import('./app-modules.ts');
  return { serveShoppers, joinModules };
}
