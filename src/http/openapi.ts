import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { App } from './app-type.ts';

/** Serves the OpenAPI document made from the routes' schemas: interactive at /api-docs, as JSON at /api-docs/json. */
export async function documentApi(app: App, { publicUrl }: { publicUrl: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Mainstay',
        version: '1.0.0',
        description:
          'Commerce API. Money is an integer in minor units; lists are keyset pages; errors are RFC 9457 problems; `Idempotency-Key` makes the creating POSTs safe to retry.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
      tags: [
        { name: 'Auth', description: 'Registration, sessions and password resets.' },
        { name: 'Products', description: 'The catalogue.' },
        { name: 'Cart', description: 'The signed-in customer’s cart.' },
        { name: 'Orders', description: 'Placing and following orders; refunds.' },
        { name: 'Payments', description: 'Checkout, payments and Stripe’s webhooks.' },
        { name: 'Inventory', description: 'Stock levels, their ledger and adjustments.' },
        { name: 'Operations', description: 'Health and metrics.' },
      ],
    },
    // Pages are for people; only what declares a tag is part of the API.
    transform: ({ schema, url }) => ({
      schema: schema?.tags ? schema : { ...schema, hide: true },
      url,
    }),
  });
  await app.register(swaggerUi, {
    routePrefix: '/api-docs',
    staticCSP: true,
    uiConfig: { persistAuthorization: true, displayRequestDuration: true },
  });
}
