import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { App, Request } from './app-type.ts';

/** The route's template, so that labels stay few; unknown paths share one name. */
export function routeOf(request: Request): string {
  return request.routeOptions.url ?? 'unmatched';
}

/** One log line and one observation for each request answered. Paths are logged without their query. */
export function logRequests(
  app: App,
  { logger, metrics }: { logger: Logger; metrics: Metrics },
): void {
  app.addHook('onRequest', (_request, reply, done) => {
    metrics.httpInFlight.inc();
    // 'close' comes once whatever happens, also when the client goes away before the answer.
    reply.raw.once('close', () => metrics.httpInFlight.dec());
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000;
    const labels = { method: request.method, route: routeOf(request), status: reply.statusCode };
    metrics.httpRequests.inc(labels);
    metrics.httpRequestDuration.observe(labels, seconds);
    const level = reply.statusCode >= 500 ? 'error' : 'info';
    logger[level](
      {
        method: request.method,
        path: request.url.split('?', 1)[0],
        route: labels.route,
        status: reply.statusCode,
        duration: Math.round(reply.elapsedTime * 100) / 100,
        correlationId: request.id,
      },
      'request',
    );
    done();
  });
}
