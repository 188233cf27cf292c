/** What of the shop somebody may work on; each is read and written apart. */
export const areas = [
  'catalog',
  'stock',
  'orders',
  'refunds',
  'customers',
  'settings',
  'staff',
  'audit',
] as const;

export type Permission = `${(typeof areas)[number]}:${'read' | 'write'}`;

/** Every permission there is. */
export const permissions: readonly Permission[] = areas.flatMap(
  (area) => [`${area}:read`, `${area}:write`] as const,
);

/** Customers buy; staff have the permissions of their role; an admin owns the shop and has all. */
export const userRoles = ['customer', 'staff', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

/** What somebody may do: their role's permissions; the owner's are all there are. */
export function permissionsOf(
  role: UserRole,
  ofStaffRole: readonly Permission[],
): ReadonlySet<Permission> {
  if (role === 'admin') return new Set(permissions);
  return new Set(role === 'staff' ? ofStaffRole : []);
}
