import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import type { Money } from '../../shared/money.ts';
import { permissionsOf } from '../../shared/permissions.ts';
import type { Standing } from './staff.model.ts';

/** Lets one transaction at a time change who may do what, so that each sees what those before it left. */
export async function lockStaff(tx: Tx): Promise<void> {
  await sql`LOCK TABLE staff_roles IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
}

/** What somebody may do now; null when there is no such account. */
export async function findStanding(db: Db, userId: string): Promise<Standing | null> {
  const row = await db
    .selectFrom('users')
    .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
    .select(['users.role', 'users.staff_role_id', 'staff_roles.permissions', 'refund_limits'])
    .where('users.id', '=', userId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    role: row.role,
    roleId: row.staff_role_id,
    permissions: permissionsOf(row.role, row.permissions ?? []),
    refundLimits: row.role === 'customer' ? [] : toLimits(row.refund_limits),
  };
}

/** Limits as they are stored, in the order of their currencies. */
export function toLimits(stored: Readonly<Record<string, number>> | null): Money[] | null {
  if (stored === null) return null;
  return Object.entries(stored)
    .map(([currency, amount]) => ({ currency, amount }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}
