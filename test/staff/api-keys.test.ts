import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newApiKey } from '../../src/modules/staff/api-key.model.ts';
import { textOf } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { askAsOwner, browserOf, colleague } from './support.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const asOwner = (method: string, path: string, body?: unknown) =>
  askAsOwner(shop, method, path, body);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const input = (scopes: string[], more: Record<string, unknown> = {}) => ({
  name: 'Till',
  scopes,
  expiresAt: inDays(30),
  ...more,
});

/** A key of the owner, and requests by it. */
async function key(scopes: string[], makerToken?: string) {
  const token = makerToken ?? (await shop.adminToken());
  const made = await shop.api('POST', '/api/api-keys', { token, body: input(scopes) });
  if (made.status !== 201) throw new Error(`no key: ${JSON.stringify(made.body)}`);
  const { id, key: secret } = made.body as { id: string; key: string };
  return {
    id,
    secret,
    api: (method: string, path: string, body?: unknown) =>
      shop.api(method, path, { token: secret, ...(body === undefined ? {} : { body }) }),
  };
}

test('a program does with its key what the key may, and nothing else', async () => {
  const { api } = await key(['stock:read']);
  expect((await api('GET', '/api/inventory')).status).toBe(200);
  const refused = await api('GET', '/api/ledger/balances');
  expect([refused.status, refused.body.detail]).toEqual([
    403,
    'This needs the permission audit:read.',
  ]);
});

test('a key is told once, stored as its hash, and begins so that scanners know it', async () => {
  const { id, secret } = await key(['stock:read']);
  expect(secret).toMatch(/^mk_live_[\w-]{43}[\da-f]{8}$/);
  const row = await shop.db
    .selectFrom('api_keys')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(row.key_hash.length).toBe(32);
  expect(JSON.stringify(row)).not.toContain(secret.slice(8, 30));
  const { body } = await asOwner('GET', '/api/api-keys?limit=100');
  const listed = body.data.find((one: { id: string }) => one.id === id);
  expect(listed).toMatchObject({ name: 'Till', hint: secret.slice(-4), state: 'active' });
  expect(JSON.stringify(body)).not.toContain(secret.slice(8, 30));
});

test.each([
  ['may nothing', input([])],
  ['lets people in', input(['staff:read', 'staff:write'])],
  ['writes what it cannot read', input(['stock:write'])],
  ['lives longer than a year', input(['stock:read'], { expiresAt: inDays(366) })],
  ['has ended already', input(['stock:read'], { expiresAt: inDays(-1) })],
  ['never ends', input(['stock:read'], { expiresAt: undefined })],
  ['has no name', input(['stock:read'], { name: ' ' })],
])('a key that %s is not made', async (_what, body) => {
  expect((await asOwner('POST', '/api/api-keys', body)).status).toBe(400);
});

test('nobody makes a key with more than they have themselves', async () => {
  const lead = await colleague(shop, ['staff:read', 'staff:write', 'stock:read']);
  const more = await lead.api('POST', '/api/api-keys', input(['stock:read', 'orders:read']));
  expect(more.status).toBe(403);
  expect((await lead.api('POST', '/api/api-keys', input(['stock:read']))).status).toBe(201);
});

test('what its maker may no more, the key may no more: demoted; one who leaves takes their keys along', async () => {
  const lead = await colleague(shop, ['staff:read', 'staff:write', 'stock:read', 'audit:read']);
  const { api } = await key(['stock:read', 'audit:read'], lead.token);
  const both = async () =>
    Promise.all(
      ['/api/inventory', '/api/ledger/balances'].map(
        async (path) => (await api('GET', path)).status,
      ),
    );
  expect(await both()).toEqual([200, 200]);
  const role = { name: randomUUID(), permissions: ['audit:read'], refundLimits: null };
  await asOwner('PUT', `/api/staff/roles/${lead.roleId}`, role);
  expect(await both()).toEqual([403, 200]);
  await asOwner('DELETE', `/api/staff/members/${lead.id}`);
  expect(await both()).toEqual([401, 401]);
  // Whoever is taken on again makes new keys.
  await shop.db
    .updateTable('users')
    .set({ role: 'staff', staff_role_id: lead.roleId })
    .where('id', '=', lead.id)
    .execute();
  expect(await both()).toEqual([401, 401]);
});

test('a revoked key is refused at once, and its further use stands in the trail', async () => {
  const { id, api } = await key(['stock:read']);
  expect((await api('GET', '/api/inventory')).status).toBe(200);
  expect((await asOwner('DELETE', `/api/api-keys/${id}`)).status).toBe(204);
  const refused = await api('GET', '/api/inventory');
  expect([refused.status, refused.body.code]).toEqual([401, 'unauthenticated']);
  expect((await asOwner('DELETE', `/api/api-keys/${id}`)).status).toBe(404);
  await until(async () => {
    const noted = await shop.db
      .selectFrom('trail')
      .select('id')
      .where('act', '=', 'key.used_after_end')
      .where('subject_id', '=', id)
      .execute();
    return noted.length > 0;
  });
});

test('an expired key is refused', async () => {
  const { id, api } = await key(['stock:read']);
  await shop.db
    .updateTable('api_keys')
    .set({ expires_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  expect((await api('GET', '/api/inventory')).status).toBe(401);
});

test('what is no key of this shop is refused like any other token', async () => {
  const unknown = newApiKey();
  const mistyped = `${unknown.slice(0, 20)}${unknown[20] === 'A' ? 'B' : 'A'}${unknown.slice(21)}`;
  for (const token of [unknown, mistyped, 'mk_live_', `${unknown}0`, unknown.toUpperCase()])
    expect((await shop.api('GET', '/api/products', { token })).status).toBe(401);
});

test('what belongs to a person is closed to keys, whatever they may', async () => {
  const { api } = await key(['orders:read', 'orders:write', 'customers:read', 'staff:read']);
  const { variantId } = await shop.product();
  const answers = [
    await api('GET', '/api/auth/profile'),
    await api('GET', '/api/cart'),
    await api('GET', '/api/auth/sessions'),
    await api('POST', '/api/orders', { items: [{ variantId, quantity: 1 }] }),
    await api('POST', '/api/checkout', { items: [{ variantId, quantity: 1 }] }),
    await api('POST', '/api/api-keys', input(['orders:read'])),
  ];
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
});

test('a key works on everybody’s orders with the permission, and stands in the trail as who did', async () => {
  const buyer = await shop.customer();
  const { variantId } = await shop.product();
  const order = (await shop.order(buyer.token, variantId)).body.id;
  const reader = await key(['orders:read']);
  const writer = await key(['orders:read', 'orders:write']);
  const other = await key(['stock:read']);
  expect((await other.api('GET', `/api/orders/${order}`)).status).toBe(403);
  expect((await reader.api('GET', `/api/orders/${order}`)).status).toBe(200);
  expect((await reader.api('DELETE', `/api/orders/${order}`)).status).toBe(403);
  expect((await writer.api('PUT', `/api/orders/${order}`, { status: 'paid' })).status).toBe(200);
  const noted = await shop.db
    .selectFrom('trail')
    .select(['actor_kind', 'actor_id'])
    .where('subject_id', '=', order)
    .execute();
  expect(noted).toEqual([{ actor_kind: 'api-key', actor_id: writer.id }]);
});

test('the use of a key is noted, at most once a minute', async () => {
  const { id, api } = await key(['stock:read']);
  const lastUsed = async () =>
    (
      await shop.db
        .selectFrom('api_keys')
        .select('last_used_at')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
    ).last_used_at;
  expect(await lastUsed()).toBeNull();
  await api('GET', '/api/inventory');
  const first = await lastUsed();
  expect(first).not.toBeNull();
  // Another key's making lets go of what is remembered, so that this one is read anew.
  await key(['stock:read']);
  await api('GET', '/api/inventory');
  expect(await lastUsed()).toEqual(first);
});

test('in the console a key is shown in the answer that made it, and never again', async () => {
  const browser = await browserOf(shop, shop.admin.email, shop.admin.password);
  await browser.open('/admin/keys/new');
  const form = { name: 'Warehouse <scanner>', scopes: 'stock:read', days: '30' };
  const made = await browser.submit('/admin/keys', form);
  const secret = /mk_live_[\w-]{51}/.exec(made.text)?.[0] ?? '';
  expect(made.status).toBe(201);
  expect((await shop.api('GET', '/api/inventory', { token: secret })).status).toBe(200);
  const list = await browser.open('/admin/keys');
  expect(textOf(list.text)).toContain(
    'Warehouse &lt;scanner&gt;'.replace('&lt;', '<').replace('&gt;', '>'),
  );
  expect(list.text).not.toContain(secret.slice(0, 20));
  const id = /\/admin\/keys\/([\da-f-]{36})\/revoke/.exec(list.text)?.[1];
  expect((await browser.submit(`/admin/keys/${id}/revoke`, {})).status).toBe(303);
  expect((await shop.api('GET', '/api/inventory', { token: secret })).status).toBe(401);
});
