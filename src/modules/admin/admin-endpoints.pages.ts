import { Type } from 'typebox';
import { type EventType, eventTypes } from '../../events/catalogue.ts';
import type { App } from '../../http/app-type.ts';
import { IdSchema } from '../../http/schemas.ts';
import { CursorQuery, IdParams, ListQuery, TickedBoxes } from './admin.schemas.ts';
import { deliveryController } from './admin-deliveries.controller.ts';
import { endpointController } from './admin-endpoints.controller.ts';
import type { AdminDeps } from './admin-page.ts';

const DeliveriesQuery = Type.Object({
  cursor: ListQuery.cursor,
  state: Type.Optional(Type.Enum(['', 'pending', 'delivered', 'failed'])),
});
const DeliveryParams = Type.Object({ id: IdSchema, deliveryId: IdSchema });
const OneType = Type.Unsafe<EventType>({ type: 'string', enum: eventTypes });

const EndpointForm = Type.Object({
  seen: Type.Optional(Type.String({ maxLength: 43 })),
  url: Type.String({ maxLength: 4096 }),
  description: Type.String({ maxLength: 500 }),
  eventTypes: TickedBoxes(OneType),
});
const SinceForm = Type.Object({ since: Type.String({ format: 'date' }) });

/** Merchants' endpoints, what is on its way to them, and what can be done about it. */
export function endpointPages(app: App, deps: AdminDeps): void {
  const endpoints = endpointController(deps);
  const deliveries = deliveryController(deps);
  app.get(
    '/admin/endpoints',
    { config: { access: 'settings:read' }, schema: { querystring: CursorQuery } },
    (request, reply) => endpoints.list(request, reply, request.query.cursor),
  );
  app.get(
    '/admin/endpoints/new',
    { config: { access: 'settings:write', stepUp: true } },
    (request, reply) => endpoints.showNew(request, reply),
  );
  app.post(
    '/admin/endpoints',
    { config: { access: 'settings:write', stepUp: true }, schema: { body: EndpointForm } },
    (request, reply) => endpoints.create(request, reply, request.body),
  );
  app.get(
    '/admin/endpoints/:id',
    {
      config: { access: 'settings:read' },
      schema: { params: IdParams, querystring: DeliveriesQuery },
    },
    (request, reply) => endpoints.show(request, reply, request.params.id, request.query),
  );
  app.get(
    '/admin/endpoints/:id/edit',
    { config: { access: 'settings:write', stepUp: true }, schema: { params: IdParams } },
    (request, reply) => endpoints.showEdit(request, reply, request.params.id),
  );
  app.post(
    '/admin/endpoints/:id',
    {
      config: { access: 'settings:write', stepUp: true },
      schema: { params: IdParams, body: EndpointForm },
    },
    (request, reply) => endpoints.change(request, reply, request.params.id, request.body),
  );
  for (const enabled of [true, false])
    app.post(
      `/admin/endpoints/:id/${enabled ? 'enable' : 'disable'}`,
      { config: { access: 'settings:write' }, schema: { params: IdParams } },
      (request, reply) => endpoints.turn(reply, request.params.id, enabled),
    );
  app.post(
    '/admin/endpoints/:id/rotate',
    { config: { access: 'settings:write', stepUp: true }, schema: { params: IdParams } },
    (request, reply) => endpoints.rotate(request, reply, request.params.id),
  );
  app.post(
    '/admin/endpoints/:id/delete',
    { config: { access: 'settings:write', stepUp: true }, schema: { params: IdParams } },
    (request, reply) => endpoints.remove(reply, request.params.id),
  );
  app.post(
    '/admin/endpoints/:id/ping',
    { config: { access: 'settings:write' }, schema: { params: IdParams } },
    (request, reply) => deliveries.ping(request, reply, request.params.id),
  );
  app.post(
    '/admin/endpoints/:id/replay-failed',
    { config: { access: 'settings:write' }, schema: { params: IdParams, body: SinceForm } },
    (request, reply) =>
      deliveries.replayFailed(request, reply, request.params.id, request.body.since),
  );
  app.get(
    '/admin/endpoints/:id/deliveries/:deliveryId',
    { config: { access: 'settings:read' }, schema: { params: DeliveryParams } },
    (request, reply) => deliveries.show(request, reply, request.params),
  );
  app.post(
    '/admin/endpoints/:id/deliveries/:deliveryId/replay',
    { config: { access: 'settings:write' }, schema: { params: DeliveryParams } },
    (request, reply) => deliveries.replay(request, reply, request.params),
  );
}
