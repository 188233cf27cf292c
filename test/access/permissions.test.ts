import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashPassword } from '../../src/modules/identity/password.gateway.ts';
import { newId } from '../../src/shared/ids.ts';
import type { Permission } from '../../src/shared/permissions.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

/** Somebody of the staff with a role of their own. */
async function member(permissions: Permission[]) {
  const roleId = newId();
  const email = `${randomUUID()}@example.test`;
  const password = 'correct horse battery';
  await shop.db
    .insertInto('staff_roles')
    .values({ id: roleId, name: randomUUID(), permissions })
    .execute();
  await shop.db
    .insertInto('users')
    .values({ id: newId(), email, name: 'Grace', password_hash: await hashPassword(password) })
    .execute();
  await shop.db
    .updateTable('users')
    .set({ role: 'staff', staff_role_id: roleId })
    .where('email', '=', email)
    .execute();
  const { body } = await shop.api('POST', '/api/auth/login', { body: { email, password } });
  return { roleId, token: String(body.accessToken), user: body.user };
}

test('a member of the staff may do what their role says, and nothing else', async () => {
  const { token, user } = await member(['stock:read']);
  expect(user.role).toBe('staff');
  expect((await shop.api('GET', '/api/inventory', { token })).status).toBe(200);
  const refused = await shop.api('GET', '/api/ledger/balances', { token });
  expect(refused.status).toBe(403);
  expect(refused.body).toMatchObject({
    code: 'forbidden',
    detail: 'This needs the permission audit:read.',
  });
});

test('without reading of orders a member of the staff sees their own alone', async () => {
  const buyer = await shop.customer();
  const { variantId } = await shop.product();
  const order = await shop.order(buyer.token, variantId);
  const path = `/api/orders/${order.body.id}`;
  const stranger = await member(['catalog:read', 'catalog:write']);
  const reader = await member(['orders:read']);
  expect((await shop.api('GET', path, { token: stranger.token })).status).toBe(404);
  expect((await shop.api('GET', path, { token: reader.token })).status).toBe(200);
  const cancelled = await shop.api('DELETE', path, { token: reader.token });
  expect(cancelled.status).toBe(404);
});

test('a permission that is taken away is soon gone, without a new sign-in', async () => {
  const { roleId, token } = await member(['stock:read']);
  expect((await shop.api('GET', '/api/inventory', { token })).status).toBe(200);
  await shop.db
    .updateTable('staff_roles')
    .set({ permissions: [] })
    .where('id', '=', roleId)
    .execute();
  await until(async () => (await shop.api('GET', '/api/inventory', { token })).status === 403);
});

test('the database holds staff to a role, and everybody else to none', async () => {
  const { user } = await member([]);
  const without = shop.db
    .updateTable('users')
    .set({ staff_role_id: null })
    .where('id', '=', user.id);
  await expect(without.execute()).rejects.toThrow('users_staff_role_check');
});
