import type { Registry } from 'prom-client';
import { Type } from 'typebox';
import { ShopError } from '../shared/errors.ts';
import type { App } from './app-type.ts';
import { problemsFor } from './schemas.ts';

const Health = Type.Object({ status: Type.String() }, { examples: [{ status: 'ok' }] });

/** Probes and metrics. Liveness asks nothing of others; readiness needs the database and says 503 while draining. */
export function healthRoutes(
  app: App,
  {
    registry,
    pingDatabase,
    isDraining,
  }: { registry: Registry; pingDatabase: () => Promise<void>; isDraining: () => boolean },
): void {
  app.get(
    '/health/live',
    { schema: { tags: ['Operations'], summary: 'The process is up', response: { 200: Health } } },
    async () => ({ status: 'ok' }),
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
  app.get(
    '/metrics',
    {
      schema: {
        tags: ['Operations'],
        summary: 'Prometheus metrics',
        response: {
          200: {
            description: 'Prometheus text exposition.',
            content: {
              'text/plain': { schema: Type.String({ examples: ['http_in_flight_requests 1'] }) },
            },
          },
        },
      },
    },
    async (_request, reply) => {
      reply.type(registry.contentType);
      return registry.metrics();
    },
  );
}
