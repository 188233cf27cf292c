import { Type } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { App } from '../../http/app-type.ts';
import { PageOf, problemsFor } from '../../http/schemas.ts';
import { staffController } from './staff.controller.ts';
import {
  changesStaff,
  InvitationSchema,
  InviteBody,
  ListStaffQuery,
  MemberBody,
  MemberSchema,
  StaffParams,
  staffDocs,
} from './staff.schemas.ts';

const done = (description: string) => ({ 204: Type.Null({ description }) });

/** Who works here, and who is invited to. */
export function staffRoutes(app: App, deps: { readonly db: Db }): void {
  const staff = staffController(deps);
  app.get(
    '/api/staff/members',
    {
      config: { access: 'staff:read' },
      schema: {
        ...staffDocs,
        summary: 'List who works here',
        querystring: ListStaffQuery,
        response: { 200: PageOf(MemberSchema), ...problemsFor(400, 401, 403) },
      },
    },
    (request) => staff.members(request.query),
  );
  app.put(
    '/api/staff/members/:id',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Give a member another place',
        description:
          'Nobody changes their own, or gives or takes what they do not have themselves.',
        params: StaffParams,
        body: MemberBody,
        response: { 200: MemberSchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => staff.changeMember(request, request.params.id, request.body),
  );
  app.delete(
    '/api/staff/members/:id',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Make a member a customer again; their sessions end',
        params: StaffParams,
        response: { ...done('They work here no more.'), ...problemsFor(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      await staff.removeMember(request, request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/staff/invitations',
    {
      config: { access: 'staff:read' },
      schema: {
        ...staffDocs,
        summary: 'List invitations that were not accepted yet, newest first',
        querystring: ListStaffQuery,
        response: { 200: PageOf(InvitationSchema), ...problemsFor(400, 401, 403) },
      },
    },
    (request) => staff.invitations(request.query),
  );
  app.post(
    '/api/staff/invitations',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Invite somebody by mail, into a place within one’s own rights',
        body: InviteBody,
        response: { 201: InvitationSchema, ...problemsFor(400, 401, 403, 409) },
      },
    },
    async (request, reply) => reply.code(201).send(await staff.invite(request, request.body)),
  );
  app.post(
    '/api/staff/invitations/:id/resend',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Send an invitation again; the link mailed before ends',
        params: StaffParams,
        response: { 200: InvitationSchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => staff.inviteAgain(request, request.params.id),
  );
  app.delete(
    '/api/staff/invitations/:id',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Revoke an invitation',
        params: StaffParams,
        response: { ...done('Revoked.'), ...problemsFor(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      await staff.revokeInvitation(request, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
