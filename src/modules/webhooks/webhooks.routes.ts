import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { PageOf, problemsFor } from '../../http/schemas.ts';
import { type WebhookDeps, webhooksController } from './webhooks.controller.ts';
import {
  ChangeEndpointBody,
  CreateEndpointBody,
  DeliveryParams,
  DeliverySchema,
  EndpointParams,
  EndpointSchema,
  EndpointWithSecretSchema,
  ListDeliveriesQuery,
  ListEndpointsQuery,
} from './webhooks.schemas.ts';

const common = { tags: ['Webhooks'], security: [{ bearer: [] }] };

/** Merchants' endpoints and what was sent to them, for administrators. */
export function webhookEndpointRoutes(app: App, deps: WebhookDeps): void {
  const webhooks = webhooksController(deps);
  app.get(
    '/api/webhook-endpoints',
    {
      config: { access: 'settings:read' },
      schema: {
        ...common,
        summary: 'List webhook endpoints, newest first',
        querystring: ListEndpointsQuery,
        response: { 200: PageOf(EndpointSchema), ...problemsFor(400, 401, 403) },
      },
    },
    (request) => webhooks.list(request.query),
  );
  app.post(
    '/api/webhook-endpoints',
    {
      config: { access: 'settings:write', stepUp: true },
      schema: {
        ...common,
        summary: 'Create a webhook endpoint; the answer tells its signing secret, this once',
        body: CreateEndpointBody,
        response: { 201: EndpointWithSecretSchema, ...problemsFor(400, 401, 403) },
      },
    },
    async (request, reply) => {
      const made = await webhooks.create(request.body);
      return reply.code(201).header('location', `/api/webhook-endpoints/${made.id}`).send(made);
    },
  );
  app.get(
    '/api/webhook-endpoints/:id',
    {
      config: { access: 'settings:read' },
      schema: {
        ...common,
        summary: 'Show a webhook endpoint',
        params: EndpointParams,
        response: { 200: EndpointSchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => webhooks.show(request.params.id),
  );
  app.put(
    '/api/webhook-endpoints/:id',
    {
      config: { access: 'settings:write', stepUp: true },
      schema: {
        ...common,
        summary: 'Change, enable or disable a webhook endpoint',
        params: EndpointParams,
        body: ChangeEndpointBody,
        response: { 200: EndpointSchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => webhooks.change(request.params.id, request.body),
  );
  app.delete(
    '/api/webhook-endpoints/:id',
    {
      config: { access: 'settings:write', stepUp: true },
      schema: {
        ...common,
        summary: 'Delete a webhook endpoint with its log and what waits for it',
        params: EndpointParams,
        response: {
          204: Type.Null({ description: 'Deleted.' }),
          ...problemsFor(400, 401, 403, 404),
        },
      },
    },
    async (request, reply) => {
      await webhooks.remove(request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/webhook-endpoints/:id/rotate-secret',
    {
      config: { access: 'settings:write', stepUp: true },
      schema: {
        ...common,
        summary: 'Replace the signing secret; both sign for 24 hours',
        params: EndpointParams,
        response: { 200: EndpointWithSecretSchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => webhooks.rotate(request.params.id),
  );
  app.get(
    '/api/webhook-endpoints/:id/deliveries',
    {
      config: { access: 'settings:read' },
      schema: {
        ...common,
        summary: 'List what was sent to an endpoint, newest first',
        params: EndpointParams,
        querystring: ListDeliveriesQuery,
        response: { 200: PageOf(DeliverySchema), ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => webhooks.deliveries(request.params.id, request.query),
  );
  app.post(
    '/api/webhook-endpoints/:id/deliveries/:deliveryId/replay',
    {
      config: { access: 'settings:write' },
      schema: {
        ...common,
        summary: 'Send an event again now, with the same id',
        description: 'Refused with 409 while the endpoint is disabled.',
        params: DeliveryParams,
        response: { 202: DeliverySchema, ...problemsFor(400, 401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      const { id, deliveryId } = request.params;
      return reply.code(202).send(await webhooks.replay(id, deliveryId));
    },
  );
}
