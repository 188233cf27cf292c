import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { changesStaff, InviteBody } from '../staff/staff.schemas.ts';
import { CursorQuery, IdParams } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { staffPageController } from './admin-staff.controller.ts';

/** The id of a role, or that of no role: an owner. */
const place = Type.String({ minLength: 1, maxLength: 36 });
const InviteForm = Type.Object({ email: InviteBody.properties.email, place });
const PlaceForm = Type.Object({ place });

/** Who works here, and who is invited to. */
export function staffPages(app: App, deps: AdminDeps): void {
  const staff = staffPageController(deps);
  app.get(
    '/admin/staff',
    { config: { access: 'staff:read' }, schema: { querystring: CursorQuery } },
    (request, reply) => staff.list(request, reply, request.query.cursor),
  );
  app.post(
    '/admin/staff/invitations',
    { config: changesStaff, attachValidation: true, schema: { body: InviteForm } },
    (request, reply) => staff.invite(request, reply, request.body),
  );
  app.post(
    '/admin/staff/invitations/:id/resend',
    { config: changesStaff, schema: { params: IdParams } },
    (request, reply) => staff.inviteAgain(request, reply, request.params.id),
  );
  app.post(
    '/admin/staff/invitations/:id/revoke',
    { config: changesStaff, schema: { params: IdParams } },
    (request, reply) => staff.revoke(request, reply, request.params.id),
  );
  app.get(
    '/admin/staff/:id',
    { config: { access: 'staff:read' }, schema: { params: IdParams } },
    (request, reply) => staff.show(request, reply, request.params.id),
  );
  app.post(
    '/admin/staff/:id',
    { config: changesStaff, schema: { params: IdParams, body: PlaceForm } },
    (request, reply) => staff.change(request, reply, request.params.id, request.body.place),
  );
  app.post(
    '/admin/staff/:id/remove',
    { config: changesStaff, schema: { params: IdParams } },
    (request, reply) => staff.remove(request, reply, request.params.id),
  );
}
