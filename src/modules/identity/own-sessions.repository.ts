import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { isLive } from './session-life.repository.ts';

export interface SessionRow {
  readonly id: string;
  readonly kind: 'browser' | 'api';
  readonly user_agent: string | null;
  readonly created_at: Date;
  readonly last_seen_at: Date;
}

/** The live sessions of a user, the newest first; `after` is the id of the last one seen. */
export function findLiveSessions(
  db: Db,
  userId: string,
  { limit, after }: { limit: number; after: string | null },
): Promise<SessionRow[]> {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['sessions.id', 'kind', 'user_agent', 'sessions.created_at', 'last_seen_at'])
    .where('user_id', '=', userId)
    .where(isLive)
    .$if(after !== null, (query) => query.where('sessions.id', '<', after ?? ''))
    .orderBy('sessions.id', 'desc')
    .limit(limit + 1)
    .execute();
}

/** Ends one live session of a user; false when they have none such. */
export async function revokeSession(tx: Tx, userId: string, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('sessions')
    .set({ revoked_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Ends a user's sessions (those that a passkey opened), but for the one they keep; returns how many that were. */
export async function revokeSessionsOf(
  tx: Tx,
  userId: string,
  { keep, passkeyId }: { keep: string | null; passkeyId?: string },
): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('sessions')
    .set({ revoked_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .$if(keep !== null, (query) => query.where('id', '<>', keep ?? ''))
    .$if(passkeyId !== undefined, (query) => query.where('passkey_id', '=', passkeyId ?? ''))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
