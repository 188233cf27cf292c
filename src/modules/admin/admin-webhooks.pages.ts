import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { ListQuery } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { webhookController } from './admin-webhooks.controller.ts';

const EventsQuery = Type.Object({
  cursor: ListQuery.cursor,
  state: Type.Optional(Type.Enum(['', 'received', 'applied', 'ignored', 'parked', 'closed'])),
});
const ClosingForm = Type.Object({ reason: Type.String({ maxLength: 500 }) });
const EventParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255 }) });

/** What Stripe told the shop, and the way to try again what could not be applied. */
export function webhookPages(app: App, deps: AdminDeps): void {
  const controller = webhookController(deps);
  app.get(
    '/admin/webhooks',
    { config: { access: 'settings:read' }, schema: { querystring: EventsQuery } },
    (request, reply) => controller.list(request, reply, request.query),
  );
  app.get(
    '/admin/webhooks/:id',
    { config: { access: 'settings:read' }, schema: { params: EventParams } },
    (request, reply) => controller.show(request, reply, request.params.id),
  );
  app.post(
    '/admin/webhooks/:id/replay',
    { config: { access: 'settings:write' }, schema: { params: EventParams } },
    (request, reply) => controller.replay(request, reply, request.params.id),
  );
  app.post(
    '/admin/webhooks/:id/close',
    { config: { access: 'settings:write' }, schema: { params: EventParams, body: ClosingForm } },
    (request, reply) => controller.close(request, reply, request.params.id, request.body),
  );
}
