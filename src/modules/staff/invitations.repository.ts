import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import { INVITATION_DAYS, type Invitation, type Place, type StaffTables } from './staff.model.ts';

export type InvitationRow = Selectable<StaffTables['staff_invitations']>;

const inSevenDays = sql<Date>`now() + make_interval(days => ${INVITATION_DAYS})`;

/** Notes an invitation; false when the address has one. */
export async function insertInvitation(
  tx: Tx,
  invitation: { id: string; email: string; place: Place; invitedBy: string },
): Promise<boolean> {
  const { id, email, place, invitedBy } = invitation;
  const row = await tx
    .insertInto('staff_invitations')
    .values({
      id,
      email,
      role: place.role,
      staff_role_id: place.roleId,
      invited_by: invitedBy,
      token_hash: null,
      expires_at: inSevenDays,
    })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether somebody with the address works here already. */
export async function worksHere(tx: Tx, email: string): Promise<boolean> {
  const row = await tx
    .selectFrom('users')
    .select('id')
    .where('email', '=', email)
    .where('role', '<>', 'customer')
    .executeTakeFirst();
  return row !== undefined;
}

/** Has an invitation begin anew, in the name of who sends it again; the link before it ends. */
export async function renewInvitation(tx: Tx, id: string, invitedBy: string): Promise<void> {
  await tx
    .updateTable('staff_invitations')
    .set({ token_hash: null, invited_by: invitedBy, expires_at: inSevenDays })
    .where('id', '=', id)
    .execute();
}

/** Sets the token of an invitation that waits and returns what its mail says; null where it does not wait. */
export async function setToken(db: Db, id: string, tokenHash: Buffer) {
  const row = await db
    .updateTable('staff_invitations')
    .from('users as inviter')
    .set({ token_hash: tokenHash })
    .whereRef('inviter.id', '=', 'staff_invitations.invited_by')
    .where('staff_invitations.id', '=', id)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning(['staff_invitations.email', 'inviter.name as inviter'])
    .executeTakeFirst();
  return row ?? null;
}

/** The invitation that a token opens, while it can be accepted. */
export async function findByToken(db: Db, tokenHash: Buffer): Promise<InvitationRow | null> {
  const row = await db
    .selectFrom('staff_invitations')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row ?? null;
}

/** The invitation to an address, while it can be accepted. */
export async function findByEmail(db: Db, email: string): Promise<InvitationRow | null> {
  const row = await db
    .selectFrom('staff_invitations')
    .selectAll()
    .where('email', '=', email)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row ?? null;
}

/** Whether an address has an account. */
export async function hasAccount(db: Db, email: string): Promise<boolean> {
  const row = await db
    .selectFrom('users')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteInvitation(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('staff_invitations').where('id', '=', id).execute();
}

/** Deletes what invites an address. */
export async function deleteInvitationOf(tx: Tx, email: string): Promise<void> {
  await tx.deleteFrom('staff_invitations').where('email', '=', email).execute();
}

export async function findInvitation(db: Db, id: string): Promise<Invitation | null> {
  const row = await invitations(db).where('staff_invitations.id', '=', id).executeTakeFirst();
  return row ? toInvitation(row) : null;
}

/** A page of invitations that were not accepted yet, newest first. */
export async function listInvitations(db: Db, page: PageRequest): Promise<Page<Invitation>> {
  const after = lastSeenId(page);
  const rows = await invitations(db)
    .$if(after !== null, (query) => query.where('staff_invitations.id', '<', after ?? ''))
    .orderBy('staff_invitations.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [row.id]);
  return { data: data.map(toInvitation), nextCursor };
}

function invitations(db: Db) {
  return db
    .selectFrom('staff_invitations')
    .innerJoin('users', 'users.id', 'staff_invitations.invited_by')
    .leftJoin('staff_roles', 'staff_roles.id', 'staff_invitations.staff_role_id')
    .select([
      'staff_invitations.id',
      'staff_invitations.email',
      'staff_invitations.role',
      'staff_invitations.staff_role_id as roleId',
      'staff_roles.name as roleName',
      'users.email as invitedBy',
      'staff_invitations.created_at as createdAt',
      'staff_invitations.expires_at as expiresAt',
    ])
    .select(sql<boolean>`staff_invitations.expires_at > now()`.as('waits'));
}

type ListedRow = Awaited<ReturnType<ReturnType<typeof invitations>['executeTakeFirstOrThrow']>>;

function toInvitation({ waits, createdAt, expiresAt, ...row }: ListedRow): Invitation {
  return {
    ...row,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    state: waits ? 'waiting' : 'expired',
  };
}
