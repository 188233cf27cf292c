import { Type } from 'typebox';
import { catalogue, type EventType } from '../../events/catalogue.ts';
import type { App } from '../../http/app-type.ts';
import { IdSchema } from '../../http/schemas.ts';
import { ListQuery } from './admin.schemas.ts';
import { eventController } from './admin-events.controller.ts';
import type { AdminDeps } from './admin-page.ts';

const EventsQuery = Type.Object({
  cursor: ListQuery.cursor,
  state: Type.Optional(Type.Enum(['', 'waiting', 'published', 'dead'])),
  type: Type.Optional(Type.Enum(['', ...(Object.keys(catalogue) as EventType[])])),
});
const EventParams = Type.Object({ id: IdSchema });

/** What the shop told others, and the way to tell again what nobody took. */
export function eventPages(app: App, deps: AdminDeps): void {
  const controller = eventController(deps);
  app.get(
    '/admin/events',
    { config: { access: 'settings:read' }, schema: { querystring: EventsQuery } },
    (request, reply) => controller.list(request, reply, request.query),
  );
  app.get(
    '/admin/events/:id',
    { config: { access: 'settings:read' }, schema: { params: EventParams } },
    (request, reply) => controller.show(request, reply, request.params.id),
  );
  app.post(
    '/admin/events/:id/send',
    { config: { access: 'settings:write' }, schema: { params: EventParams } },
    (request, reply) => controller.revive(request, reply, request.params.id),
  );
}
