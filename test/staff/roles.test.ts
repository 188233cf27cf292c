import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import type { Permission } from '../../src/shared/permissions.ts';
import { hidden, textOf } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { askAsOwner, browserOf, colleague, owner } from './support.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const asOwner = (method: string, path: string, body?: unknown) =>
  askAsOwner(shop, method, path, body);

const role = (permissions: string[], more: Record<string, unknown> = {}) => ({
  name: randomUUID(),
  permissions,
  refundLimits: null,
  ...more,
});

test('an owner makes, lists, changes and deletes a role', async () => {
  const input = role(['orders:read', 'refunds:read', 'refunds:write'], {
    refundLimits: [{ amount: 20_000, currency: 'USD' }],
  });
  const made = await asOwner('POST', '/api/staff/roles', input);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ ...input, members: 0 });
  const path = `/api/staff/roles/${made.body.id}`;
  expect(made.headers.get('location')).toBe(path);
  const listed = await asOwner('GET', '/api/staff/roles?limit=100');
  expect(listed.body.data).toContainEqual(made.body);
  const changed = await asOwner('PUT', path, { ...input, permissions: ['orders:read'] });
  expect(changed.body.permissions).toEqual(['orders:read']);
  expect((await asOwner('DELETE', path)).status).toBe(204);
  expect((await asOwner('GET', path)).status).toBe(404);
});

test.each([
  ['writes what it cannot read', role(['orders:write'])],
  ['has a permission that there is not', role(['orders:read', 'orders:delete'])],
  ['has no name', role([], { name: '  ' })],
  ['says nothing of refunds', { name: 'Care', permissions: [] }],
  ['limits refunds in no currency', role([], { refundLimits: [{ amount: 1, currency: 'XQZ' }] })],
  [
    'limits one currency twice',
    role([], {
      refundLimits: [
        { amount: 1, currency: 'USD' },
        { amount: 2, currency: 'USD' },
      ],
    }),
  ],
])('a role that %s is refused', async (_what, body) => {
  const refused = await asOwner('POST', '/api/staff/roles', body);
  expect([refused.status, refused.body.code]).toEqual([400, 'validation_failed']);
});

test('the database itself holds no role that writes without reading', async () => {
  const insert = (permissions: Permission[]) =>
    shop.db
      .insertInto('staff_roles')
      .values({ id: randomUUID(), name: randomUUID(), permissions, refund_limits: null })
      .execute();
  await expect(insert(['stock:write'])).rejects.toThrow('staff_roles_write_reads');
  await expect(insert(['all' as Permission])).rejects.toThrow('staff_roles_permissions_known');
});

test('a name that another role has is refused, also when a role is renamed', async () => {
  const first = await asOwner('POST', '/api/staff/roles', role([]));
  const second = await asOwner('POST', '/api/staff/roles', role([]));
  const same = role([], { name: first.body.name });
  expect((await asOwner('POST', '/api/staff/roles', same)).status).toBe(409);
  expect((await asOwner('PUT', `/api/staff/roles/${second.body.id}`, same)).status).toBe(409);
});

test('a form of a role undoes nothing that somebody else changed since it was opened', async () => {
  const rights = ['orders:read', 'refunds:read', 'refunds:write'];
  const { body: made } = await asOwner('POST', '/api/staff/roles', role(rights));
  const path = `/admin/roles/${made.id}`;
  const browser = await browserOf(shop, shop.admin.email, shop.admin.password);
  const { text } = await browser.open(path);
  const seen = hidden(text, 'seen');
  const form = { seen, name: randomUUID(), permissions: 'orders:read', limits: '' };
  await asOwner('PUT', `/api/staff/roles/${made.id}`, role([], { name: made.name }));
  const refused = await browser.submit(path, form);
  expect(refused.status).toBe(409);
  expect(textOf(refused.text)).toContain('Somebody else changed it since you opened it');
  const { body: kept } = await asOwner('GET', `/api/staff/roles/${made.id}`);
  expect([kept.name, kept.permissions]).toEqual([made.name, []]);

  const { text: now } = await browser.open(path);
  const anew = { ...form, seen: hidden(now, 'seen') };
  for (const _twice of [1, 2]) expect((await browser.submit(path, anew)).status).toBe(303);
});

test('a role that somebody has, or is invited into, is not deleted', async () => {
  const { roleId } = await colleague(shop, []);
  const refused = await asOwner('DELETE', `/api/staff/roles/${roleId}`);
  expect([refused.status, refused.body.detail]).toEqual([409, 'Somebody has this role.']);
  const { body } = await asOwner('POST', '/api/staff/roles', role([]));
  const email = `${randomUUID()}@example.test`;
  await asOwner('POST', '/api/staff/invitations', { email, role: 'staff', roleId: body.id });
  expect((await asOwner('DELETE', `/api/staff/roles/${body.id}`)).status).toBe(409);
});

test('nobody makes a role with more than they have themselves', async () => {
  const lead = await colleague(
    shop,
    ['staff:read', 'staff:write', 'refunds:read', 'refunds:write'],
    [{ amount: 100, currency: 'USD' }],
  );
  const make = (body: unknown) => lead.api('POST', '/api/staff/roles', body);
  const limited = (amount: number, currency = 'USD') =>
    role(['refunds:read', 'refunds:write'], { refundLimits: [{ amount, currency }] });
  const refused = await make(role(['stock:read']));
  expect(refused.status).toBe(403);
  expect(refused.body.detail).toBe('This is beyond your own rights: stock:read.');
  for (const more of [limited(101), limited(1, 'EUR'), role(['refunds:read', 'refunds:write'])])
    expect((await make(more)).status).toBe(403);
  expect((await make(limited(100))).status).toBe(201);
  expect((await make(role(['staff:read']))).status).toBe(201);
});

test('nobody changes or deletes a role with more than they have, or their own', async () => {
  const lead = await colleague(shop, ['staff:read', 'staff:write']);
  const { roleId } = await colleague(shop, ['stock:read']);
  const less = role([]);
  expect((await lead.api('PUT', `/api/staff/roles/${roleId}`, less)).status).toBe(403);
  expect((await lead.api('DELETE', `/api/staff/roles/${roleId}`)).status).toBe(403);
  const own = await lead.api('PUT', `/api/staff/roles/${lead.roleId}`, less);
  expect([own.status, own.body.detail]).toEqual([403, 'Nobody changes their own role.']);
});

test('a permission taken from a role is gone with the next request of who has it', async () => {
  const clerk = await colleague(shop, ['stock:read']);
  expect((await clerk.api('GET', '/api/inventory')).status).toBe(200);
  await asOwner('PUT', `/api/staff/roles/${clerk.roleId}`, role([]));
  expect((await clerk.api('GET', '/api/inventory')).status).toBe(403);
});

test('a member is given another role, and only within the rights of who gives it', async () => {
  const lead = await colleague(shop, ['staff:read', 'staff:write']);
  const clerk = await colleague(shop, ['staff:read']);
  const other = await colleague(shop, ['stock:read']);
  const path = `/api/staff/members/${clerk.id}`;
  const refused = await lead.api('PUT', path, { role: 'staff', roleId: other.roleId });
  expect(refused.status).toBe(403);
  expect((await lead.api('PUT', path, { role: 'admin' })).status).toBe(403);
  expect((await lead.api('PUT', path, { role: 'staff' })).status).toBe(400);
  const given = await asOwner('PUT', path, { role: 'staff', roleId: other.roleId });
  expect(given.body).toMatchObject({ id: clerk.id, roleId: other.roleId });
  expect((await clerk.api('GET', '/api/inventory')).status).toBe(200);
  // Now the clerk has what the lead lacks.
  expect((await lead.api('DELETE', path)).status).toBe(403);
});

test('nobody changes their own place, and only an owner that of an owner', async () => {
  const lead = await colleague(shop, ['staff:read', 'staff:write']);
  const boss = await owner(shop);
  expect((await lead.api('DELETE', `/api/staff/members/${lead.id}`)).status).toBe(403);
  expect((await lead.api('DELETE', `/api/staff/members/${boss.id}`)).status).toBe(403);
  const own = await shop.api('DELETE', `/api/staff/members/${boss.id}`, { token: boss.token });
  expect(own.status).toBe(403);
  const demoted = await asOwner('PUT', `/api/staff/members/${boss.id}`, {
    role: 'staff',
    roleId: lead.roleId,
  });
  expect(demoted.body).toMatchObject({ role: 'staff', roleId: lead.roleId });
});

test('an id written in capitals is the same id: nobody gets round what is theirs by it', async () => {
  const lead = await colleague(shop, ['staff:read', 'staff:write']);
  const boss = await owner(shop);
  const clerk = await colleague(shop, []);
  const asBoss = (method: string, path: string) => shop.api(method, path, { token: boss.token });
  const ofLead = `/api/staff/roles/${lead.roleId.toUpperCase()}`;
  expect((await lead.api('PUT', ofLead, role([]))).status).toBe(403);
  expect((await asBoss('DELETE', `/api/staff/members/${boss.id.toUpperCase()}`)).status).toBe(403);
  const removed = await asBoss('DELETE', `/api/staff/members/${clerk.id.toUpperCase()}`);
  expect(removed.status).toBe(204);
  const { body } = await asBoss('GET', `/api/audit-trail?subject=${clerk.id}`);
  expect(body.data.map(({ act }: { act: string }) => act)).toContain('member.removed');
});

test('the console offers nobody to change a role or a member beyond their own rights', async () => {
  const lead = await colleague(shop, ['staff:read', 'staff:write']);
  const beyond = await colleague(shop, ['stock:read']);
  const within = await colleague(shop, ['staff:read']);
  const invite = async (place: Record<string, string>) =>
    (
      await asOwner('POST', '/api/staff/invitations', {
        email: `${randomUUID()}@example.test`,
        ...place,
      })
    ).body.id;
  const mine = await invite({ role: 'staff', roleId: within.roleId });
  const notMine = [
    await invite({ role: 'staff', roleId: beyond.roleId }),
    await invite({ role: 'admin' }),
  ];
  const browser = await browserOf(shop, lead.email);
  const page = async (path: string) => (await browser.open(path)).text;
  const formsOf = async (path: string) =>
    [...(await page(path)).matchAll(/ action="(\/admin\/(?:staff|roles)[^"]*)"/g)].map(
      ([, address]) => String(address).replace(/[\da-f-]{36}/, ':id'),
    );

  expect(await formsOf(`/admin/roles/${within.roleId}`)).toEqual([
    '/admin/roles/:id/delete',
    '/admin/roles/:id',
  ]);
  expect(await formsOf(`/admin/roles/${beyond.roleId}`)).toEqual([]);
  expect(await page(`/admin/roles/${lead.roleId}`)).toContain('This is your own role');
  expect(await formsOf(`/admin/staff/${within.id}`)).toEqual([
    '/admin/staff/:id/remove',
    '/admin/staff/:id',
  ]);
  for (const { id } of [beyond, await owner(shop)]) {
    expect(await formsOf(`/admin/staff/${id}`)).toEqual([]);
    expect(await page(`/admin/staff/${id}`)).toContain('They may do more than you');
  }
  const list = await page('/admin/staff');
  expect(list).toContain(`/invitations/${mine}/resend`);
  for (const id of notMine) expect(list).not.toContain(id);
  expect(list).toContain(`value="${within.roleId}"`);
  expect(list).not.toContain(`value="${beyond.roleId}"`);
});

test('members are listed with what they sign in with beside their password', async () => {
  const [none, code, both] = [
    await colleague(shop, []),
    await colleague(shop, []),
    await colleague(shop, []),
  ];
  const begun = await colleague(shop, []);
  await sql`INSERT INTO totp_secrets (user_id, secret, confirmed_at)
    VALUES (${code.id}, '', now()), (${both.id}, '', now()), (${begun.id}, '', NULL)`.execute(
    shop.db,
  );
  for (const name of ['Phone', 'Key'])
    await sql`INSERT INTO passkeys (id, user_id, credential_id, public_key, counter, transports, name)
      VALUES (${newId()}, ${both.id}, ${name}, '', 0, '{}', ${name})`.execute(shop.db);

  const members = (await asOwner('GET', '/api/staff/members?limit=100')).body.data;
  const of = ({ id }: { id: string }) =>
    members.find((member: { id: string }) => member.id === id).secondFactor;
  expect([none, code, both, begun].map(of)).toEqual([false, true, true, false]);
  expect(members).toHaveLength(new Set(members.map(({ id }: { id: string }) => id)).size);

  const { email } = await colleague(shop, ['staff:read']);
  const page = (await (await browserOf(shop, email)).open('/admin/staff')).text;
  const row = ({ email: address }: { email: string }) =>
    textOf(page.split('<tr>').find((line) => line.includes(address)) ?? '');
  expect(row(none)).toContain(' None ');
  expect(row(begun)).toContain(' None ');
  expect(row(code)).toContain(' Code ');
  expect(row(both)).toContain(' Passkey, Code ');
});

test('a removed member is a customer, and their session ends at once', async () => {
  const clerk = await colleague(shop, ['stock:read']);
  const customer = await shop.customer();
  expect((await clerk.api('GET', '/api/inventory')).status).toBe(200);
  expect((await asOwner('DELETE', `/api/staff/members/${clerk.id}`)).status).toBe(204);
  expect((await clerk.api('GET', '/api/inventory')).status).toBe(401);
  expect((await asOwner('DELETE', `/api/staff/members/${clerk.id}`)).status).toBe(404);
  expect((await asOwner('DELETE', `/api/staff/members/${customer.id}`)).status).toBe(404);
});

test('of two owners who remove each other at once one stays', async () => {
  for (let round = 0; round < 3; round += 1) {
    const [first, second] = [await owner(shop), await owner(shop)];
    const remove = (by: typeof first, whom: typeof first) =>
      shop.api('DELETE', `/api/staff/members/${whom.id}`, { token: by.token });
    const answers = await Promise.all([remove(first, second), remove(second, first)]);
    const won = answers.filter(({ status }) => status === 204);
    expect(won).toHaveLength(1);
  }
});

test('the database itself never loses its last owner, whoever asks at once', async () => {
  const owners = [await owner(shop), await owner(shop)];
  const demote = (id: string) =>
    shop.db
      .updateTable('users')
      .set({ role: 'customer', staff_role_id: null })
      .where('id', '=', id)
      .execute();
  const all = await shop.db.selectFrom('users').select('id').where('role', '=', 'admin').execute();
  const outcomes = await Promise.allSettled(all.map(({ id }) => demote(id)));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.map(({ reason }) => String(reason))).toEqual([
    expect.stringContaining('the shop would have no owner'),
  ]);
  expect(all.length).toBeGreaterThanOrEqual(owners.length);
});
