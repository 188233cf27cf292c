import { Type } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { App } from '../../http/app-type.ts';
import { PageOf, problemsFor } from '../../http/schemas.ts';
import { staffController } from './staff.controller.ts';
import {
  changesStaff,
  ListStaffQuery,
  RoleBody,
  RoleSchema,
  StaffParams,
  staffDocs,
} from './staff.schemas.ts';

/** The roles that members of the staff have. */
export function roleRoutes(app: App, deps: { readonly db: Db }): void {
  const staff = staffController(deps);
  app.get(
    '/api/staff/roles',
    {
      config: { access: 'staff:read' },
      schema: {
        ...staffDocs,
        summary: 'List roles, oldest first',
        querystring: ListStaffQuery,
        response: { 200: PageOf(RoleSchema), ...problemsFor(400, 401, 403) },
      },
    },
    (request) => staff.roles(request.query),
  );
  app.get(
    '/api/staff/roles/:id',
    {
      config: { access: 'staff:read' },
      schema: {
        ...staffDocs,
        summary: 'Show a role',
        params: StaffParams,
        response: { 200: RoleSchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => staff.role(request.params.id),
  );
  app.post(
    '/api/staff/roles',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Make a role, within one’s own rights',
        body: RoleBody,
        response: { 201: RoleSchema, ...problemsFor(400, 401, 403, 409) },
      },
    },
    async (request, reply) => {
      const role = await staff.createRole(request, request.body);
      return reply.code(201).header('location', `/api/staff/roles/${role.id}`).send(role);
    },
  );
  app.put(
    '/api/staff/roles/:id',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Change a role for everybody who has it',
        description: 'Nobody changes their own role, or one with more rights than they have.',
        params: StaffParams,
        body: RoleBody,
        response: { 200: RoleSchema, ...problemsFor(400, 401, 403, 404, 409) },
      },
    },
    (request) => staff.changeRole(request, request.params.id, request.body),
  );
  app.delete(
    '/api/staff/roles/:id',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Delete a role that nobody has',
        params: StaffParams,
        response: {
          204: Type.Null({ description: 'Deleted.' }),
          ...problemsFor(400, 401, 403, 404, 409),
        },
      },
    },
    async (request, reply) => {
      await staff.removeRole(request, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
