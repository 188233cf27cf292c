import { createHash } from 'node:crypto';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { exemplar } from '../telemetry/spans.ts';
import type { App, Request } from './app-type.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem that it was answered with, or null. */
    problemCode: string | null;
  }
}

/** What a failure of ours is answered with. */
const FAILURES = [500, 503];

/** The route's template, so that labels stay few; unknown paths share one name. */
export function routeOf(request: Request): string {
  return request.routeOptions.url ?? 'unmatched';
}

/** One log line and one observation for each request answered. Paths are logged without their query. */
export function logRequests(
  app: App,
  { logger, metrics }: { logger: Logger; metrics: Metrics },
): void {
  app.decorateRequest('problemCode', null);
  // A rate needs two numbers: the first failure of a route is only seen in one where a 0 stood before it.
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat())
      for (const status of FAILURES)
        metrics.httpRequests.inc({ method: one, route: url, status }, 0);
  });
  app.addHook('onRequest', (_request, reply, done) => {
    metrics.httpInFlight.inc();
    // 'close' comes once whatever happens, also when the client goes away before the answer.
    reply.raw.once('close', () => metrics.httpInFlight.dec());
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, problemCode } = request;
    const { statusCode: status, elapsedTime } = reply;
    const labels = { method, route: routeOf(request), status };
    const failed = status >= 500;
    metrics.httpRequests.inc(labels);
    metrics.httpRequestDuration.observe({
      labels,
      value: elapsedTime / 1000,
      exemplarLabels: exemplar(),
    });
    if (problemCode !== null) metrics.apiErrors.inc({ route: labels.route, code: problemCode });
    if (reply.hasHeader('idempotent-replayed')) metrics.idempotencyReplays.inc();
    logger[failed ? 'error' : 'info'](
      {
        method,
        path: request.url.split('?', 1)[0],
        route: labels.route,
        status,
        duration: Math.round(elapsedTime * 100) / 100,
        correlationId: request.id,
        ...(request.principal && { user: hashOf(request.principal.userId) }),
        ...(problemCode !== null && { code: problemCode }),
      },
      'request',
    );
    done();
  });
}

/** The same person has the same hash in every line; who it is, the log does not say. */
export function hashOf(userId: string): string {
  return createHash('sha256').update(userId).digest('hex').slice(0, 16);
}
