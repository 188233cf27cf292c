import { type Permission, permissions } from '../../src/shared/permissions.ts';
import type { openBrowser } from '../identity/browser.ts';
import { browserOf, colleague } from '../staff/support.ts';
import type { TestShop } from '../support/shop.ts';

/** Somebody who tries routes: by a bearer token in the API, in a browser on the pages. */
export interface Actor {
  readonly name: string;
  readonly rights: ReadonlySet<Permission>;
  /** Nobody, a customer, somebody who works here, or a program, which opens no page. */
  readonly kind: 'nobody' | 'customer' | 'staff' | 'key';
  readonly token?: string;
  readonly browser?: ReturnType<typeof openBrowser>;
}

/** A customer of their own, signed in to both. */
export async function customerActor(shop: TestShop, name: string) {
  const { id, email, token } = await shop.customer();
  const browser = await browserOf(shop, email);
  await browser.open('/account/password');
  return {
    name,
    kind: 'customer' as const,
    rights: new Set<Permission>(),
    id,
    email,
    token,
    browser,
  };
}

/** A member of the staff for each permission alone (writing comes with reading), and one without any. */
export async function staffActors(shop: TestShop): Promise<Actor[]> {
  const roles: Permission[][] = [[], ...permissions.map(withReading)];
  return Promise.all(
    roles.map(async (rights) => {
      const { email, token } = await colleague(shop, rights);
      const browser = await browserOf(shop, email);
      await browser.open('/account/password');
      const name = `staff with ${rights.at(-1) ?? 'nothing'}`;
      return { name, kind: 'staff' as const, rights: new Set(rights), token, browser };
    }),
  );
}

/** The owner, and keys of theirs with each permission that a key can have. */
export async function ownerActors(shop: TestShop): Promise<Actor[]> {
  const token = await shop.adminToken();
  const browser = await browserOf(shop, shop.admin.email, shop.admin.password);
  await browser.open('/account/password');
  const owner = { name: 'the owner', kind: 'staff' as const, token, browser };
  const expiresAt = new Date(Date.now() + 600_000).toISOString();
  const keys = await Promise.all(
    permissions
      .filter((permission) => permission !== 'staff:write')
      .map(async (permission) => {
        const scopes = withReading(permission);
        const body = { name: permission, scopes, expiresAt };
        const made = await shop.api('POST', '/api/api-keys', { token, body });
        const rights = new Set(scopes);
        return {
          name: `a key with ${permission}`,
          kind: 'key' as const,
          rights,
          token: made.body.key,
        };
      }),
  );
  return [{ ...owner, rights: new Set(permissions) }, ...keys];
}

function withReading(permission: Permission): Permission[] {
  const read = permission.replace(/write$/, 'read') as Permission;
  return read === permission ? [read] : [read, permission];
}
