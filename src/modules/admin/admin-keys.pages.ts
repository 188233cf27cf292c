import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { changesStaff, PermissionSchema } from '../staff/staff.schemas.ts';
import { CursorQuery, IdParams, TickedBoxes } from './admin.schemas.ts';
import { keyController } from './admin-keys.controller.ts';
import type { AdminDeps } from './admin-page.ts';

const KeyForm = Type.Object({
  name: Type.String({ maxLength: 60 }),
  scopes: TickedBoxes(PermissionSchema),
  days: Type.Enum(['30', '90', '180', '365']),
});

/** Keys with which programs use the API. */
export function keyPages(app: App, deps: AdminDeps): void {
  const keys = keyController(deps);
  app.get(
    '/admin/keys',
    { config: { access: 'staff:read' }, schema: { querystring: CursorQuery } },
    (request, reply) => keys.list(request, reply, request.query.cursor),
  );
  app.get(
    '/admin/keys/new',
    { config: { access: 'staff:write', stepUp: true } },
    (request, reply) => keys.showNew(request, reply),
  );
  app.post('/admin/keys', { config: changesStaff, schema: { body: KeyForm } }, (request, reply) =>
    keys.create(request, reply, request.body),
  );
  app.post(
    '/admin/keys/:id/revoke',
    { config: changesStaff, schema: { params: IdParams } },
    (request, reply) => keys.revoke(request, reply, request.params.id),
  );
}
