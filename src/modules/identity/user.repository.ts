import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import type { UserRole } from '../../shared/permissions.ts';
import type { User } from './identity.model.ts';

const shown = ['id', 'email', 'name', 'role'] as const;

/** A user with what is needed to check a password. */
export interface UserWithHash extends User {
  readonly password_hash: string;
}

/** Stores a new user; returns null when the (normalised) address is taken. */
export async function insertUser(
  tx: Tx,
  user: User & { readonly passwordHash: string },
): Promise<User | null> {
  const { passwordHash, ...values } = user;
  const row = await tx
    .insertInto('users')
    .values({ ...values, password_hash: passwordHash })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning(shown)
    .executeTakeFirst();
  return row ?? null;
}

export async function findUserByEmail(db: Db, email: string): Promise<UserWithHash | null> {
  const row = await db
    .selectFrom('users')
    .select([...shown, 'password_hash'])
    .where('email', '=', email)
    .executeTakeFirst();
  return row ?? null;
}

export async function findUser(
  db: Db,
  userId: string,
): Promise<(User & { readonly created_at: Date }) | null> {
  const row = await db
    .selectFrom('users')
    .select([...shown, 'created_at'])
    .where('id', '=', userId)
    .executeTakeFirst();
  return row ?? null;
}

/** Locks a user whose password is still the one that was checked, until the transaction ends. */
export async function lockUserWithHash(
  tx: Tx,
  userId: string,
  passwordHash: string,
): Promise<User | null> {
  const row = await tx
    .selectFrom('users')
    .select(shown)
    .where('id', '=', userId)
    .where('password_hash', '=', passwordHash)
    .forShare()
    .executeTakeFirst();
  return row ?? null;
}

/** A user who stays as they are until the transaction ends. */
export async function lockUserToRead(tx: Tx, userId: string): Promise<User | null> {
  const row = await tx
    .selectFrom('users')
    .select(shown)
    .where('id', '=', userId)
    .forShare()
    .executeTakeFirst();
  return row ?? null;
}

/** A user whom nobody else changes or signs in until the transaction ends; waits for those who do. */
export async function lockUser(tx: Tx, userId: string): Promise<User | null> {
  const row = await tx
    .selectFrom('users')
    .select(shown)
    .where('id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** Stores another hash of the same password, unless the password was changed meanwhile. */
export async function replaceHash(
  db: Db,
  userId: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await db
    .updateTable('users')
    .set({ password_hash: to, updated_at: sql<Date>`now()` })
    .where('id', '=', userId)
    .where('password_hash', '=', from)
    .execute();
}

export async function setPasswordHash(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx
    .updateTable('users')
    .set({ password_hash: passwordHash, updated_at: sql<Date>`now()` })
    .where('id', '=', userId)
    .execute();
}

/** Makes a user an owner of the shop; returns their id, or null when they were one already. */
export async function promote(tx: Tx, email: string): Promise<string | null> {
  const row = await tx
    .updateTable('users')
    .set({ role: 'admin', staff_role_id: null, updated_at: sql<Date>`now()` })
    .where('email', '=', email)
    .where('role', '<>', 'admin')
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Sets a user's role in the shop, and of staff which; returns what it was before. */
export async function setPlace(
  tx: Tx,
  userId: string,
  { role, roleId }: { role: UserRole; roleId: string | null },
): Promise<UserRole | undefined> {
  const row = await tx
    .updateTable('users')
    .from('users as before')
    .set({ role, staff_role_id: roleId, updated_at: sql<Date>`now()` })
    .whereRef('before.id', '=', 'users.id')
    .where('users.id', '=', userId)
    .returning('before.role as role')
    .executeTakeFirst();
  return row?.role;
}
