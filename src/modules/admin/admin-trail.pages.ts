import { type Static, Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { exportFormats } from '../trail/export-trail.service.ts';
import { ActName } from '../trail/trail.schemas.ts';
import { IdParams, ListQuery } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { trailController } from './admin-trail.controller.ts';

/** A filter form also sends what was left empty. */
const Empty = Type.Literal('');
const Day = Type.Optional(Type.Union([Empty, Type.String({ format: 'date' })]));
const filters = {
  q: ListQuery.q,
  act: Type.Optional(Type.Union([Empty, ActName])),
  subject: Type.Optional(Type.String({ maxLength: 255 })),
  actor: Type.Optional(Type.Union([Empty, Type.String({ format: 'uuid' })])),
  from: Day,
  to: Day,
};
const TrailPageQuery = Type.Object({ ...filters, cursor: ListQuery.cursor });
const TrailFileQuery = Type.Object({ ...filters, format: Type.Enum([...exportFormats]) });
export type TrailPageQuery = Static<typeof TrailPageQuery>;

/** Who did what in the shop. */
export function trailPages(app: App, deps: AdminDeps): void {
  const controller = trailController(deps);
  app.get(
    '/admin/trail',
    { config: { access: 'audit:read' }, schema: { querystring: TrailPageQuery } },
    (request, reply) => controller.list(request, reply, request.query),
  );
  app.get(
    '/admin/trail/export',
    { config: { access: 'audit:write', stepUp: true }, schema: { querystring: TrailFileQuery } },
    (request, reply) => controller.export(reply, request.query),
  );
  app.get(
    '/admin/trail/:id',
    { config: { access: 'audit:read' }, schema: { params: IdParams } },
    (request, reply) => controller.show(request, reply, request.params.id),
  );
}
