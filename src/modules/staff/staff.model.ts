import type { ColumnType, Generated } from 'kysely';
import { invalid } from '../../shared/errors.ts';
import type { Money } from '../../shared/money.ts';
import {
  type Permission,
  permissions,
  permissionsOf,
  type UserRole,
} from '../../shared/permissions.ts';

export interface StaffTables {
  staff_roles: {
    id: string;
    name: string;
    permissions: Permission[];
    /** What may be refunded in a day, by currency; null: without a limit. */
    refund_limits: ColumnType<Record<string, number> | null, string | null, string | null>;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  staff_invitations: {
    id: string;
    email: string;
    role: Place['role'];
    staff_role_id: string | null;
    invited_by: string;
    /** SHA-256; null until it is mailed. */
    token_hash: Buffer | null;
    created_at: Generated<Date>;
    expires_at: Date;
  };
}

/** A role as it is given. */
export interface RoleInput {
  readonly name: string;
  readonly permissions: Permission[];
  /** In each currency that may be refunded, how much within 24 hours; null: without a limit. */
  readonly refundLimits: Money[] | null;
}

export interface StaffRole extends RoleInput {
  readonly id: string;
  /** How many people have it. */
  readonly members: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The place of somebody who works here: an owner, or a member with a role. */
export type Place =
  | { readonly role: 'admin'; readonly roleId: null }
  | { readonly role: 'staff'; readonly roleId: string };

/** The place of a kind and a role. @throws ShopError validation_failed (`roleId`) for staff without a role. */
export function placeOf(role: Place['role'], roleId: string | null | undefined): Place {
  if (role === 'admin') return { role, roleId: null };
  if (!roleId) throw invalid('roleId', 'Choose a role.');
  return { role, roleId };
}

interface Named {
  readonly role: Place['role'];
  readonly roleId: string | null;
  /** Owners have no role of the list. */
  readonly roleName: string | null;
}

export interface Member extends Named {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** What signing in takes beside their password: nothing, where it is empty. */
  readonly secondFactors: readonly ('passkey' | 'code')[];
  readonly lastSeenAt: string | null;
}

export interface Invitation extends Named {
  readonly id: string;
  readonly email: string;
  readonly invitedBy: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly state: 'waiting' | 'expired';
}

/** What somebody may do, as it is when they do it. */
export interface Standing {
  readonly role: UserRole;
  readonly roleId: string | null;
  readonly permissions: ReadonlySet<Permission>;
  readonly refundLimits: Money[] | null;
}

/** How long an invitation can be accepted. */
export const INVITATION_DAYS = 7;

/** What the place of an owner comes with. */
export const OWNER: Pick<Standing, 'permissions' | 'refundLimits'> = {
  permissions: permissionsOf('admin', []),
  refundLimits: null,
};

/** @throws ShopError validation_failed (`path`) where an area could be written but not read. */
export function assertWritesAreRead(given: readonly Permission[], path: string): void {
  for (const permission of given) {
    const reading = permission.replace(/write$/, 'read') as Permission;
    if (!given.includes(reading)) throw invalid(path, `${permission} needs ${reading} too.`);
  }
}

/**
 * What of a role goes beyond somebody's own rights, in words; empty when they may give it to others or take it
 * from them.
 */
export function beyond(
  standing: Standing,
  role: { readonly permissions: Iterable<Permission> } & Pick<RoleInput, 'refundLimits'>,
): string[] {
  const wanted = new Set(role.permissions);
  const missing: string[] = permissions.filter(
    (permission) => wanted.has(permission) && !standing.permissions.has(permission),
  );
  const refunds = wanted.has('refunds:write') && !limitsWithin(role, standing);
  return refunds ? [...missing, 'higher refund limits'] : missing;
}

function limitsWithin(
  { refundLimits: theirs }: Pick<RoleInput, 'refundLimits'>,
  { refundLimits: own }: Pick<RoleInput, 'refundLimits'>,
): boolean {
  if (own === null) return true;
  if (theirs === null) return false;
  const mine = new Map(own.map(({ currency, amount }) => [currency, amount]));
  return theirs.every(({ currency, amount }) => amount <= (mine.get(currency) ?? 0));
}
