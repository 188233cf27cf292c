import helmet from '@fastify/helmet';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import type { Config } from './config.ts';
import { type Db, ping } from './database/database.ts';
import type { App } from './http/app-type.ts';
import { correlate, correlationIdOf } from './http/correlation.ts';
import { answerErrors } from './http/errors.ts';
import { healthRoutes } from './http/health.routes.ts';
import { errorPage } from './http/layout.views.ts';
import { documentApi } from './http/openapi.ts';
import { logRequests } from './http/request-log.ts';
import { validateStrictly } from './http/validation.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** What the process brings; everything else is built and joined here. */
export interface AppDeps {
  readonly config: Config;
  readonly db: Db;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
}

/** The composition root: the HTTP server with every part joined by hand. It listens when told to. */
export async function buildApp(deps: AppDeps): Promise<App> {
  const { config, db, logger, metrics } = deps;
  const app: App = fastify({
    logger: false,
    genReqId: correlationIdOf,
    bodyLimit: 1024 * 1024,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    trustProxy: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
  }).withTypeProvider<TypeBoxTypeProvider>();

  correlate(app);
  logRequests(app, { logger, metrics });
  validateStrictly(app);
  answerErrors(app, {
    logger,
    metrics,
    errorPage: (_request, problem) => errorPage(problem).toString(),
  });
  await app.register(helmet);
  await documentApi(app, config);
  healthRoutes(app, {
    registry: metrics.registry,
    pingDatabase: () => ping(db),
    isDraining: deps.isDraining,
  });
  return app;
}
