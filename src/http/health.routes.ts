import { createHash, timingSafeEqual } from 'node:crypto';
import { Type } from 'typebox';
import { ShopError } from '../shared/errors.ts';
import type { Exposition } from '../telemetry/exposition.ts';
import { commit, version } from '../telemetry/version.ts';
import type { App, Request } from './app-type.ts';
import { problemsFor } from './schemas.ts';

const Exposed = Type.String({ examples: ['http_in_flight_requests 1'] });
const Live = Type.Object(
  {
    status: Type.String(),
    version: Type.String(),
    commit: Type.String({ description: '`unknown` where the build did not say it.' }),
  },
  { examples: [{ status: 'ok', version: '1.2.3', commit: 'unknown' }] },
);
const Health = Type.Object({ status: Type.String() }, { examples: [{ status: 'ok' }] });

/** Probes. Liveness asks nothing of others; readiness needs the database and says 503 while draining. */
export function healthRoutes(
  app: App,
  { pingDatabase, isDraining }: { pingDatabase: () => Promise<void>; isDraining: () => boolean },
): void {
  app.get(
    '/health/live',
    {
      schema: {
        tags: ['Operations'],
        summary: 'The process is up, and what runs in it',
        response: { 200: Live },
      },
    },
    async () => ({ status: 'ok', version, commit }),
  );
  app.get(
    '/health/ready',
    {
      schema: {
        tags: ['Operations'],
        summary: 'The shop can serve: the database answers and no shutdown is under way',
        response: { 200: Health, ...problemsFor(503) },
      },
    },
    async () => {
      if (isDraining()) throw new ShopError('service_unavailable', 'The shop is stopping.');
      try {
        await pingDatabase();
      } catch (cause) {
        throw new ShopError('service_unavailable', 'The database does not answer.', { cause });
      }
      return { status: 'ok' };
    },
  );
}

/** The scraper's route; where a token is set, for its bearer alone. */
export function metricsRoute(
  app: App,
  { expose, token }: { expose: (accept: string) => Promise<Exposition>; token: string | null },
): void {
  app.get(
    '/metrics',
    {
      ...(token !== null && { onRequest: bearerOf(token) }),
      schema: {
        tags: ['Operations'],
        summary: 'Prometheus metrics',
        response: {
          200: {
            description: 'Prometheus text exposition.',
            content: {
              'text/plain': { schema: Exposed },
              'application/openmetrics-text': { schema: Exposed },
            },
          },
          ...(token !== null && problemsFor(401)),
        },
      },
    },
    async (request, reply) => {
      const { contentType, body } = await expose(request.headers.accept ?? '');
      reply.type(contentType);
      return body;
    },
  );
}

/** A guard that takes one token, in a time that tells nothing of it. */
function bearerOf(token: string) {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return async (request: Request): Promise<void> => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      throw new ShopError('unauthenticated', 'Metrics need the token of METRICS_TOKEN.');
  };
}
