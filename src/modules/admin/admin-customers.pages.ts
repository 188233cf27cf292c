import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { CursorQuery, IdParams, ListQuery } from './admin.schemas.ts';
import { customerController } from './admin-customers.controller.ts';
import type { AdminDeps } from './admin-page.ts';

const CustomersQuery = Type.Object(ListQuery);

/** Who buys here, and what each of them ordered. */
export function customerPages(app: App, deps: AdminDeps): void {
  const controller = customerController(deps);
  app.get(
    '/admin/customers',
    { config: { access: 'customers:read' }, schema: { querystring: CustomersQuery } },
    (request, reply) => controller.list(request, reply, request.query),
  );
  app.get(
    '/admin/customers/:id',
    {
      config: { access: 'customers:read' },
      schema: { params: IdParams, querystring: CursorQuery },
    },
    (request, reply) => controller.show(request, reply, request.params.id, request.query.cursor),
  );
  app.post(
    '/admin/customers/:id/sign-out',
    {
      config: { access: 'customers:write', changesStanding: true },
      schema: { params: IdParams },
    },
    (request, reply) => controller.signOut(request, reply, request.params.id),
  );
  app.get(
    '/admin/customers/:id/data.json',
    { config: { access: 'customers:write', stepUp: true }, schema: { params: IdParams } },
    (request, reply) => controller.exportData(reply, request.params.id),
  );
  app.post(
    '/admin/customers/:id/erase',
    {
      config: { access: 'customers:write', changesStanding: true, stepUp: true },
      schema: { params: IdParams },
    },
    (request, reply) => controller.erase(request, reply, request.params.id),
  );
}
