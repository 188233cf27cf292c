import { hash } from 'node:crypto';
import { type Logger, plainLines } from '../telemetry/logger.ts';
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

/** The path of a request, without its query. */
export function pathOf({ url }: Request): string {
  return url.split('?', 1)[0] ?? '';
}

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly correlationId: string;
  /** The hash of who asked. */
  readonly user?: string;
  /** Of the problem that it was answered with. */
  readonly code?: string;
}

export type RecordRequest = (request: AnsweredRequest) => void;

/** Writes one log line and one observation for each request that was answered. */
export function requestRecords({
  logger,
  metrics,
}: {
  logger: Logger;
  metrics: Metrics;
}): RecordRequest {
  const line = plainLines(logger);
  return ({ method, path, route, status, durationMs, correlationId, user, code }) => {
    metrics.httpRequests.count({ method, route, status }, durationMs / 1000, exemplar());
    if (code !== undefined) metrics.apiErrors.inc({ route, code });
    // Of these a caller chooses the path alone.
    const known = `"method":"${method}","path":${JSON.stringify(path)},"route":"${route}","status":${status}`;
    const found = `${member('user', user)}${member('code', code)}`;
    line(
      status >= 500 ? 'error' : 'info',
      `${known},"duration":${Math.round(durationMs * 100) / 100},"correlationId":"${correlationId}"${found},"message":"request"`,
    );
  };
}

function member(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":"${value}"`;
}

/** Records every request of a server. Paths are logged without their query. */
export function logRequests(
  app: App,
  { metrics, record }: { metrics: Metrics; record: RecordRequest },
): void {
  app.decorateRequest('problemCode', null);
  // A rate needs two numbers: the first failure of a route is only seen in one where a 0 stood before it.
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat())
      for (const status of FAILURES) metrics.httpRequests.expect(one, url, status);
  });
  app.addHook('onRequest', (_request, reply, done) => {
    metrics.httpInFlight.inc();
    // 'close' comes once whatever happens, also when the client goes away before the answer.
    reply.raw.once('close', () => metrics.httpInFlight.dec());
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, problemCode, principal } = request;
    if (reply.hasHeader('idempotent-replayed')) metrics.idempotencyReplays.inc();
    record({
      method,
      path: pathOf(request),
      route: routeOf(request),
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      correlationId: request.id,
      ...(principal && { user: hashOf(principal.userId) }),
      ...(problemCode !== null && { code: problemCode }),
    });
    done();
  });
}

/** The same person has the same hash in every line; who it is, the log does not say. */
export function hashOf(userId: string): string {
  return hash('sha256', userId, 'hex').slice(0, 16);
}
