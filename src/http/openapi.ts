import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema, RouteOptions } from 'fastify';
import { Type } from 'typebox';
import { version } from '../telemetry/version.ts';
import type { Access } from './access.ts';
import type { App } from './app-type.ts';
import { anyProblem, problemsFor } from './schemas.ts';

/** Serves the OpenAPI document made from the routes' schemas: interactive at /api-docs, as JSON at /api-docs/json. */
export async function documentApi(app: App, { publicUrl }: { publicUrl: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Mainstay',
        version,
        description:
          'Commerce API. Money is an integer in minor units; lists are keyset pages; errors are RFC 9457 problems; `Idempotency-Key` makes the creating POSTs safe to retry; `x-access` says who may use an operation. Where replicas answer reads, answers to writes name their position as `Mainstay-Position`, and a read that sends it shows at least what was written. What happens in the shop is told as events: [AsyncAPI](/api-docs/events).',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
      tags: [
        { name: 'Identity', description: 'Registration, sessions and what signs people in.' },
        { name: 'Staff', description: 'Roles, members, invitations and API keys.' },
        { name: 'Audit trail', description: 'Who did what.' },
        { name: 'Products', description: 'The catalogue.' },
        { name: 'Cart', description: 'The signed-in customer’s cart.' },
        { name: 'Orders', description: 'Placing and following orders; refunds.' },
        { name: 'Payments', description: 'Checkout, payments and Stripe’s webhooks.' },
        { name: 'Ledger', description: 'Every movement of money, and what it adds up to.' },
        { name: 'Inventory', description: 'Stock levels, their ledger and adjustments.' },
        { name: 'Tasks', description: 'What the shop found and only a person can decide.' },
        { name: 'Webhooks', description: 'Endpoints that the shop’s events are sent to.' },
        { name: 'Operations', description: 'Health and metrics.' },
      ],
    },
    transform: ({ schema, url, route }) => ({ url, schema: describe(schema, url, route) }),
  });
  await app.register(swaggerUi, {
    routePrefix: '/api-docs',
    staticCSP: true,
    uiConfig: { persistAuthorization: true, displayRequestDuration: true },
  });
}

/** Serves the AsyncAPI document of the shop's events beside it. */
export function documentEvents(app: App, document: object): void {
  app.get('/api-docs/events', () => document);
}

/** What clients and their generators need of every operation, beside what the route says itself. */
function describe(
  schema: FastifySchema | undefined,
  url: string,
  route: RouteOptions,
): FastifySchema {
  // Pages are for people; only what declares a tag is part of the API.
  if (!schema?.tags) return { ...schema, hide: true };
  const access = route.config?.access;
  return {
    ...schema,
    operationId: operationIdOf(String(route.method), url),
    ...(access && { 'x-access': access }),
    security: schema.security ?? [],
    ...(schema.consumes && { body: fileOf(schema.consumes) }),
    response: {
      ...refusalsOfAny(schema, url, access),
      ...(schema.response as object),
      default: anyProblem,
    },
  };
}

/** A body that is a file: read as it comes, it has no schema that it is checked against. */
function fileOf(types: readonly string[]) {
  const file = Type.String({ format: 'binary', examples: ['Handle,Title,…'] });
  const schemaOf = (type: string) =>
    type === 'multipart/form-data' ? Type.Object({ file }) : file;
  return { content: Object.fromEntries(types.map((type) => [type, { schema: schemaOf(type) }])) };
}

/** How any route of the API may refuse before it is reached: a bad address or token, too many requests, trouble. */
function refusalsOfAny(schema: FastifySchema, url: string, access: Access | undefined): object {
  if (!url.startsWith('/api/')) return {};
  // What is for everybody signed in is closed to API keys, or asks them for a permission.
  const forSome = access !== undefined && access !== 'anyone';
  return {
    ...problemsFor(400, 401, 429, 503),
    ...(forSome ? problemsFor(403) : {}),
    ...(schema.body ? problemsFor(413, 415) : {}),
  };
}

/** Stable as long as the address is: `GET /api/orders/:id` → `getOrdersById`. */
function operationIdOf(method: string, url: string): string {
  const words = url
    .replace(/^\/api\//, '/')
    .split(/[/.-]/)
    .filter((word) => word !== '')
    .map((word) => (word.startsWith(':') ? `By${capital(word.slice(1))}` : capital(word)));
  return `${method.toLowerCase()}${words.join('')}`;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
