import type { Static } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { Request } from '../../http/app-type.ts';
import { principalOf } from '../../http/principal.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import { invite, inviteAgain, listInvitations, revokeInvitation } from './invitations.service.ts';
import { changeMember, listMembers, removeMember } from './members.service.ts';
import { changeRole, createRole, getRole, listRoles, removeRole } from './roles.service.ts';
import { type Member, placeOf } from './staff.model.ts';
import type { InviteBody, ListStaff, MemberBody, RoleBody } from './staff.schemas.ts';

/** Requests about roles, members and invitations, each turned into one use case. */
export function staffController({ db }: { readonly db: Db }) {
  return {
    roles: (query: ListStaff) => listRoles(db, pageOf(query)),

    role: (id: string) => getRole(db, id),

    createRole: (request: Request, body: Static<typeof RoleBody>) =>
      createRole(db, principalOf(request).userId, body),

    changeRole: (request: Request, id: string, body: Static<typeof RoleBody>) =>
      changeRole(db, principalOf(request).userId, { id, ...body }),

    removeRole: (request: Request, id: string) => removeRole(db, principalOf(request).userId, id),

    async members(query: ListStaff) {
      const { data, nextCursor } = await listMembers(db, pageOf(query));
      return { data: data.map(outward), nextCursor };
    },

    async changeMember(request: Request, id: string, { role, roleId }: Static<typeof MemberBody>) {
      const { userId } = principalOf(request);
      return outward(await changeMember(db, userId, id, placeOf(role, roleId)));
    },

    removeMember: (request: Request, id: string) =>
      removeMember(db, principalOf(request).userId, id),

    invitations: (query: ListStaff) => listInvitations(db, pageOf(query)),

    invite: (request: Request, { email, role, roleId }: Static<typeof InviteBody>) =>
      invite(db, principalOf(request).userId, { email, place: placeOf(role, roleId) }),

    inviteAgain: (request: Request, id: string) => inviteAgain(db, principalOf(request).userId, id),

    revokeInvitation: (request: Request, id: string) =>
      revokeInvitation(db, principalOf(request).userId, id),
  };
}

function outward({ secondFactors, ...member }: Member) {
  return { ...member, secondFactor: secondFactors.length > 0 };
}

function pageOf({ limit = DEFAULT_LIMIT, cursor }: ListStaff) {
  return { limit, cursor };
}
