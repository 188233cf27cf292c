import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { changesStaff, PermissionSchema } from '../staff/staff.schemas.ts';
import { CursorQuery, IdParams, TickedBoxes } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { roleController } from './admin-roles.controller.ts';

const RoleForm = Type.Object({
  seen: Type.Optional(Type.String({ maxLength: 40 })),
  name: Type.String({ maxLength: 60 }),
  permissions: TickedBoxes(PermissionSchema),
  unlimited: Type.Optional(Type.Literal('on')),
  limits: Type.String({ maxLength: 1000 }),
});

/** The roles that people who work here have. */
export function rolePages(app: App, deps: AdminDeps): void {
  const roles = roleController(deps);
  app.get(
    '/admin/roles',
    { config: { access: 'staff:read' }, schema: { querystring: CursorQuery } },
    (request, reply) => roles.list(request, reply, request.query.cursor),
  );
  app.get(
    '/admin/roles/new',
    { config: { access: 'staff:write', stepUp: true } },
    (request, reply) => roles.showNew(request, reply),
  );
  app.post('/admin/roles', { config: changesStaff, schema: { body: RoleForm } }, (request, reply) =>
    roles.create(request, reply, request.body),
  );
  app.get(
    '/admin/roles/:id',
    { config: { access: 'staff:read' }, schema: { params: IdParams } },
    (request, reply) => roles.show(request, reply, request.params.id),
  );
  app.post(
    '/admin/roles/:id',
    { config: changesStaff, schema: { params: IdParams, body: RoleForm } },
    (request, reply) => roles.change(request, reply, request.params.id, request.body),
  );
  app.post(
    '/admin/roles/:id/delete',
    { config: changesStaff, schema: { params: IdParams } },
    (request, reply) => roles.remove(request, reply, request.params.id),
  );
}
