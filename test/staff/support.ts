import { randomUUID } from 'node:crypto';
import { newId } from '../../src/shared/ids.ts';
import type { Money } from '../../src/shared/money.ts';
import type { Permission } from '../../src/shared/permissions.ts';
import { openBrowser } from '../identity/browser.ts';
import type { TestShop } from '../support/shop.ts';

export const PASSWORD = 'correct horse battery';

/** Somebody of the staff with a role of their own, signed in to the API; nothing was asked in their name yet. */
export async function colleague(
  shop: TestShop,
  permissions: Permission[],
  limits: Money[] | null = null,
) {
  const { id, email, token } = await shop.customer();
  const roleId = newId();
  const refundLimits = limits?.map(({ currency, amount }) => [currency, amount] as const);
  await shop.db
    .insertInto('staff_roles')
    .values({
      id: roleId,
      name: randomUUID(),
      permissions,
      refund_limits: refundLimits ? JSON.stringify(Object.fromEntries(refundLimits)) : null,
    })
    .execute();
  await shop.db
    .updateTable('users')
    .set({ role: 'staff', staff_role_id: roleId })
    .where('id', '=', id)
    .execute();
  return {
    id,
    roleId,
    email,
    token,
    api: (method: string, path: string, body?: unknown) =>
      shop.api(method, path, { token, ...(body === undefined ? {} : { body }) }),
  };
}

/** An owner beside the one that every shop begins with. */
export async function owner(shop: TestShop) {
  const somebody = await colleague(shop, []);
  await shop.db
    .updateTable('users')
    .set({ role: 'admin', staff_role_id: null })
    .where('id', '=', somebody.id)
    .execute();
  return somebody;
}

/** Asks the API as the owner that every shop begins with. */
export async function askAsOwner(shop: TestShop, method: string, path: string, body?: unknown) {
  const token = await shop.adminToken();
  return shop.api(method, path, { token, ...(body === undefined ? {} : { body }) });
}

export async function signIn(shop: TestShop, email: string, password = PASSWORD): Promise<string> {
  const { body } = await shop.api('POST', '/api/auth/login', { body: { email, password } });
  return String(body.accessToken);
}

/** A browser in which somebody is signed in. */
export async function browserOf(shop: TestShop, email: string, password = PASSWORD) {
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  const { status } = await browser.submit('/sign-in', { email, password });
  if (status !== 303) throw new Error(`signing in answered ${status}`);
  return browser;
}
