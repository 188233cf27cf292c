import { sql } from 'kysely';
import type { Tx } from '../../database/database.ts';
import { erasedEmailOf } from '../../shared/erased.ts';
import type { UserRole } from '../../shared/permissions.ts';

/** Waits for everybody else who changes or signs in this user. */
export async function lockAccount(
  tx: Tx,
  userId: string,
): Promise<{ email: string; role: UserRole } | null> {
  const row = await tx
    .selectFrom('users')
    .select(['email', 'role'])
    .where('id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** What belongs to an account and goes with its person; refresh tokens go with their sessions. */
const OWNED = [
  'sessions',
  'password_resets',
  'totp_secrets',
  'recovery_codes',
  'passkeys',
  'challenges',
  'provider_accounts',
] as const;

/** Empties an account and removes all that signs in to it. */
export async function anonymise(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  for (const table of OWNED)
    await sql`DELETE FROM ${sql.table(table)} WHERE user_id = ${userId}`.execute(tx);
  await tx
    .updateTable('users')
    .set({
      email: erasedEmailOf(userId),
      name: '',
      password_hash: passwordHash,
      updated_at: sql<Date>`now()`,
    })
    .where('id', '=', userId)
    .execute();
}
