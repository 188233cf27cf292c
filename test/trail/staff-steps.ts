import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { hidden } from '../admin/support.ts';
import { colleague } from '../staff/support.ts';
import type { Scene, Step } from './scene.ts';

/** What owners do about roles, members and invitations, by route of the API and of the console. */
export function staffSteps({ shop, admin, asAdmin, submit, about }: Scene): Record<string, Step> {
  const role = () => ({ name: randomUUID(), permissions: ['stock:read'], refundLimits: null });
  const roleForm = () => ({ name: randomUUID(), permissions: 'stock:read', limits: '5 USD' });
  const makeRole = async (): Promise<string> =>
    (await asAdmin('POST', '/api/staff/roles', role())).body.id;
  const makeMember = async () => (await colleague(shop, [])).id;
  const invitation = async () => ({
    email: `${randomUUID()}@example.test`,
    role: 'staff',
    roleId: await makeRole(),
  });
  const invite = async (): Promise<string> =>
    (await asAdmin('POST', '/api/staff/invitations', await invitation())).body.id;
  const key = { name: 'Till', scopes: ['stock:read'] };
  const makeKey = async (): Promise<string> => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    return (await asAdmin('POST', '/api/api-keys', { ...key, expiresAt })).body.id;
  };
  const newest = async (table: 'staff_roles' | 'staff_invitations' | 'api_keys') =>
    (
      await shop.db
        .selectFrom(table)
        .select('id')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow()
    ).id;
  return {
    'POST /api/api-keys': { acts: ['key.created'], run: makeKey },
    'DELETE /api/api-keys/:id': {
      acts: ['key.revoked'],
      run: about((id) => asAdmin('DELETE', `/api/api-keys/${id}`), makeKey),
    },
    'POST /admin/keys': {
      acts: ['key.created'],
      run: async () => {
        const form = { name: 'Till', scopes: 'stock:read', days: '30' };
        expect((await submit('/admin/keys', form)).status).toBe(201);
        return newest('api_keys');
      },
    },
    'POST /admin/keys/:id/revoke': {
      acts: ['key.revoked'],
      run: about((id) => submit(`/admin/keys/${id}/revoke`), makeKey),
    },
    'POST /api/staff/roles': { acts: ['role.created'], run: makeRole },
    'PUT /api/staff/roles/:id': {
      acts: ['role.changed'],
      run: about((id) => asAdmin('PUT', `/api/staff/roles/${id}`, role()), makeRole),
    },
    'DELETE /api/staff/roles/:id': {
      acts: ['role.deleted'],
      run: about((id) => asAdmin('DELETE', `/api/staff/roles/${id}`), makeRole),
    },
    'PUT /api/staff/members/:id': {
      acts: ['member.changed'],
      run: about((id) => asAdmin('PUT', `/api/staff/members/${id}`, { role: 'admin' }), makeMember),
    },
    'DELETE /api/staff/members/:id': {
      acts: ['member.removed'],
      run: about((id) => asAdmin('DELETE', `/api/staff/members/${id}`), makeMember),
    },
    'POST /api/staff/invitations': {
      acts: ['invitation.sent'],
      run: async () => {
        const body = { email: `${randomUUID()}@example.test`, role: 'admin' };
        return (await asAdmin('POST', '/api/staff/invitations', body)).body.id;
      },
    },
    'POST /api/staff/invitations/:id/resend': {
      acts: ['invitation.sent_again'],
      run: about((id) => asAdmin('POST', `/api/staff/invitations/${id}/resend`), invite),
    },
    'DELETE /api/staff/invitations/:id': {
      acts: ['invitation.revoked'],
      run: about((id) => asAdmin('DELETE', `/api/staff/invitations/${id}`), invite),
    },
    'POST /admin/roles': {
      acts: ['role.created'],
      run: async () => {
        expect((await submit('/admin/roles', roleForm())).status).toBe(303);
        return newest('staff_roles');
      },
    },
    'POST /admin/roles/:id': {
      acts: ['role.changed'],
      run: about(async (id) => {
        const { text } = await admin.open(`/admin/roles/${id}`);
        return submit(`/admin/roles/${id}`, { ...roleForm(), seen: hidden(text, 'seen') });
      }, makeRole),
    },
    'POST /admin/roles/:id/delete': {
      acts: ['role.deleted'],
      run: about((id) => submit(`/admin/roles/${id}/delete`), makeRole),
    },
    'POST /admin/staff/:id': {
      acts: ['member.changed'],
      run: about((id) => submit(`/admin/staff/${id}`, { place: 'owner' }), makeMember),
    },
    'POST /admin/staff/:id/remove': {
      acts: ['member.removed'],
      run: about((id) => submit(`/admin/staff/${id}/remove`), makeMember),
    },
    'POST /admin/staff/invitations': {
      acts: ['invitation.sent'],
      run: async () => {
        const email = `${randomUUID()}@example.test`;
        const { status } = await submit('/admin/staff/invitations', { email, place: 'owner' });
        expect(status).toBe(303);
        return newest('staff_invitations');
      },
    },
    'POST /admin/staff/invitations/:id/resend': {
      acts: ['invitation.sent_again'],
      run: about((id) => submit(`/admin/staff/invitations/${id}/resend`), invite),
    },
    'POST /admin/staff/invitations/:id/revoke': {
      acts: ['invitation.revoked'],
      run: about((id) => submit(`/admin/staff/invitations/${id}/revoke`), invite),
    },
  };
}
