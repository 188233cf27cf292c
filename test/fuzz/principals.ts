import { randomUUID } from 'node:crypto';
import type { Permission } from '../../src/shared/permissions.ts';
import { colleague, owner, PASSWORD } from '../staff/support.ts';
import type { TestShop } from '../support/shop.ts';

/** Somebody in whose name requests are tried. */
export interface Principal {
  readonly name: string;
  readonly kind: 'nobody' | 'customer' | 'staff' | 'owner' | 'key';
  readonly rights: readonly Permission[];
  /** What must never stand in an answer to them. */
  readonly mustNotRead: readonly string[];
}

/** Words that stand in what belongs to a customer, and nowhere else. */
export const marks = {
  ada: ['Adalbertine', 'Cobblestone Wharf', '+44 7700 900816'],
  eve: ['Quillfeather', 'Marzipan Mews', '+44 7700 900815'],
} as const;
const everybodys: readonly string[] = [...marks.ada, ...marks.eve];

const clerk: Permission[] = [
  ...(['catalog:read', 'catalog:write', 'stock:read', 'stock:write'] as const),
  ...(['settings:read', 'settings:write'] as const),
];
const support: Permission[] = [
  ...(['orders:read', 'orders:write', 'refunds:read', 'refunds:write', 'customers:read'] as const),
];
const keyScopes: Permission[] = ['catalog:read', 'catalog:write', 'stock:read', 'stock:write'];

export const principals: readonly Principal[] = [
  { name: 'nobody', kind: 'nobody', rights: [], mustNotRead: everybodys },
  { name: 'forger', kind: 'nobody', rights: [], mustNotRead: everybodys },
  { name: 'ada', kind: 'customer', rights: [], mustNotRead: marks.eve },
  { name: 'eve', kind: 'customer', rights: [], mustNotRead: marks.ada },
  { name: 'clerk', kind: 'staff', rights: clerk, mustNotRead: everybodys },
  { name: 'support', kind: 'staff', rights: support, mustNotRead: [] },
  { name: 'auditor', kind: 'staff', rights: ['audit:read', 'audit:write'], mustNotRead: [] },
  { name: 'owner', kind: 'owner', rights: [], mustNotRead: [] },
  { name: 'key', kind: 'key', rights: keyScopes, mustNotRead: everybodys },
];

/** Whether a text is part of what belongs to a customer. */
export function isMarked(text: string): boolean {
  return everybodys.some((mark) => text.includes(mark));
}

/** Whether an operation is for somebody; null where the document does not say. */
export function isFor({ kind, rights }: Principal, access: string | undefined): boolean | null {
  if (access === undefined || access === 'anyone') return true;
  if (kind === 'nobody') return false;
  // Some are for keys too, by a permission that the document does not name.
  if (access === 'signed-in') return kind === 'key' ? null : true;
  return kind === 'owner' || rights.includes(access as Permission);
}

/** Who is signed in, each with a new account where the last one no longer works. */
export function createPasses(shop: TestShop) {
  const passes = new Map<string, { readonly token: string; readonly userId: string }>();
  const makers: Readonly<Record<string, () => Promise<{ token: string; userId: string }>>> = {
    ada: () => customer(shop, 'ada'),
    eve: () => customer(shop, 'eve'),
    clerk: () => staff(clerk),
    support: () => staff(support),
    auditor: () => staff(['audit:read', 'audit:write']),
    owner: async () => passOf(await owner(shop)),
    key: () => key(),
  };

  async function staff(rights: Permission[]) {
    return passOf(await colleague(shop, rights));
  }

  async function key() {
    const { token, userId } = await passOf(await owner(shop));
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { name: 'A scanner', scopes: keyScopes, expiresAt };
    const made = await shop.api('POST', '/api/api-keys', { token, body });
    return { token: String(made.body.key), userId };
  }

  return {
    /** The authorization header of somebody; undefined for nobody. */
    async headerOf(name: string): Promise<string | undefined> {
      if (name === 'forger')
        return 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9.';
      const make = makers[name];
      if (make === undefined) return undefined;
      const pass = passes.get(name) ?? (await make());
      passes.set(name, pass);
      return `Bearer ${pass.token}`;
    },
    userIdOf: (name: string) => passes.get(name)?.userId,
    /** Has them sign up anew before they ask again. */
    forget: (name: string) => passes.delete(name),
    forgetAll: () => passes.clear(),
  };
}

const passOf = async ({ token, id }: { token: string; id: string }) => ({ token, userId: id });

/** A customer who has left their mark on an account, a cart, orders (one is paid) and a payment. */
async function customer(shop: TestShop, who: 'ada' | 'eve') {
  const [name, street, phone] = marks[who];
  const email = `${name}-${randomUUID()}@example.test`;
  const account = await shop.api('POST', '/api/auth/register', {
    body: { email, password: PASSWORD, name: `${who} ${name}` },
  });
  const token = String(account.body.accessToken);
  const { body: listed } = await shop.api('GET', '/api/products?inStock=true');
  const variantId = listed.data[0]?.variants[0]?.id;
  const address = { name, line1: street, city: street, postalCode: 'M1', country: 'GB', phone };
  const body = { items: [{ variantId, quantity: 1 }], email, shippingAddress: address };
  const orders = [];
  for (let count = 0; count < 3; count += 1)
    orders.push((await shop.api('POST', '/api/orders', { token, body })).body.id);
  await shop.api('PUT', `/api/cart/items/${variantId}`, { token, body: { quantity: 1 } });
  await shop.api('POST', '/api/payments', { token, body: { orderId: orders[0] } });
  await (await owner(shop)).api('PUT', `/api/orders/${orders[1]}`, { status: 'paid' });
  return { token, userId: String(account.body.user.id) };
}
