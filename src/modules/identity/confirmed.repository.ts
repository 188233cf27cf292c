import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { CONFIRMED_SECONDS } from './identity.model.ts';

/** Whether signing in to the account takes more than its password: codes of an app, or a passkey. */
export async function hasSecondFactor(db: Db, userId: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    SELECT EXISTS (SELECT FROM totp_secrets WHERE user_id = ${userId} AND confirmed_at IS NOT NULL)
      OR EXISTS (SELECT FROM passkeys WHERE user_id = ${userId}) AS has`.execute(db);
  return rows[0]?.has ?? false;
}

/** Whether the person of a session proved who they are a moment ago. */
export async function wasConfirmed(db: Db, sessionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', sessionId)
    .where('revoked_at', 'is', null)
    .where('confirmed_at', '>', sql<Date>`now() - make_interval(secs => ${CONFIRMED_SECONDS})`)
    .executeTakeFirst();
  return row !== undefined;
}

export async function setConfirmed(tx: Tx, sessionId: string): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ confirmed_at: sql<Date>`now()` })
    .where('id', '=', sessionId)
    .where('revoked_at', 'is', null)
    .execute();
}
