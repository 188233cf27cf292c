import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { deleteInParts } from '../../database/in-parts.ts';
import { KEPT_DAYS } from '../../shared/retention.ts';
import { LIFETIME } from './identity.model.ts';

export async function insertPasswordReset(
  db: Db,
  userId: string,
  tokenHash: Buffer,
): Promise<void> {
  await db
    .insertInto('password_resets')
    .values({
      token_hash: tokenHash,
      user_id: userId,
      expires_at: sql<Date>`now() + make_interval(secs => ${LIFETIME.passwordReset})`,
      used_at: null,
    })
    .execute();
}

/** Whose password an unused, unexpired token may set, or null. */
export async function findPasswordReset(db: Db, tokenHash: Buffer): Promise<string | null> {
  const row = await db
    .selectFrom('password_resets')
    .select('user_id')
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row?.user_id ?? null;
}

/** Uses up a token; false when it was used or expired meanwhile. */
export async function usePasswordReset(tx: Tx, tokenHash: Buffer): Promise<boolean> {
  const result = await tx
    .updateTable('password_resets')
    .set({ used_at: sql<Date>`now()` })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function useAllPasswordResets(tx: Tx, userId: string): Promise<void> {
  await tx
    .updateTable('password_resets')
    .set({ used_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .execute();
}

export function deleteExpiredPasswordResets(db: Db): Promise<void> {
  return deleteInParts(
    db,
    'password_resets',
    sql`expires_at < now() - make_interval(days => ${KEPT_DAYS.endedSessions})`,
  );
}
