import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { RoleInput, StaffRole, StaffTables } from './staff.model.ts';
import { toLimits } from './standing.repository.ts';

type RoleRow = Selectable<StaffTables['staff_roles']> & { members: number };

export async function insertRole(tx: Tx, id: string, input: RoleInput): Promise<boolean> {
  const row = await tx
    .insertInto('staff_roles')
    .values({ id, ...columnsOf(input) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function updateRole(tx: Tx, id: string, input: RoleInput): Promise<void> {
  await tx
    .updateTable('staff_roles')
    .set({ ...columnsOf(input), updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Whether another role has the name. */
export async function isNameTaken(tx: Tx, id: string, name: string): Promise<boolean> {
  const row = await tx
    .selectFrom('staff_roles')
    .select('id')
    .where('name', '=', name)
    .where('id', '<>', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether somebody is invited into a role. */
export async function isAwaited(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('staff_invitations')
    .select('id')
    .where('staff_role_id', '=', id)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteRole(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('staff_roles').where('id', '=', id).execute();
}

export async function findRole(db: Db, id: string): Promise<StaffRole | null> {
  const row = await roles(db).where('staff_roles.id', '=', id).executeTakeFirst();
  return row ? toRole(row) : null;
}

/** A page of roles, oldest first. */
export async function listRoles(db: Db, page: PageRequest): Promise<Page<StaffRole>> {
  const after = lastSeenId(page);
  const rows = await roles(db)
    .$if(after !== null, (query) => query.where('staff_roles.id', '>', after ?? ''))
    .orderBy('staff_roles.id')
    .limit(page.limit + 1)
    .execute();
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [row.id]);
  return { data: data.map(toRole), nextCursor };
}

function roles(db: Db) {
  return db
    .selectFrom('staff_roles')
    .selectAll('staff_roles')
    .select(
      sql<number>`(SELECT count(*) FROM users WHERE users.staff_role_id = staff_roles.id)`.as(
        'members',
      ),
    );
}

function columnsOf({ name, permissions, refundLimits }: RoleInput) {
  const limits = refundLimits?.map(({ currency, amount }) => [currency, amount] as const);
  return {
    name,
    permissions: [...permissions],
    refund_limits: limits ? JSON.stringify(Object.fromEntries(limits)) : null,
  };
}

function toRole(row: RoleRow): StaffRole {
  return {
    id: row.id,
    name: row.name,
    permissions: row.permissions,
    refundLimits: toLimits(row.refund_limits),
    members: row.members,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
