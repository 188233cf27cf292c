import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import type { SessionHolder } from '../../http/principal.ts';
import { LIFETIME } from './identity.model.ts';

/** Stores a session's next refresh token, which never outlives the session. */
export async function insertRefreshToken(
  tx: Tx,
  sessionId: string,
  tokenHash: Buffer,
): Promise<void> {
  await tx
    .insertInto('refresh_tokens')
    .columns(['token_hash', 'session_id', 'expires_at'])
    .expression((from) =>
      from
        .selectFrom('sessions')
        .select([
          sql<Buffer>`${tokenHash}::bytea`.as('token_hash'),
          'id',
          sql<Date>`least(expires_at, now() + make_interval(secs => ${LIFETIME.refreshToken}))`.as(
            'expires_at',
          ),
        ])
        .where('id', '=', sessionId),
    )
    .execute();
}

/**
 * Uses up a live refresh token of a live session, for exactly one of any callers that race.
 * Returns whose it is, or null.
 */
export async function useRefreshToken(tx: Tx, tokenHash: Buffer): Promise<SessionHolder | null> {
  const row = await tx
    .updateTable('refresh_tokens as token')
    .from('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .set({ used_at: sql<Date>`now()` })
    .whereRef('sessions.id', '=', 'token.session_id')
    .where('token.token_hash', '=', tokenHash)
    .where('token.used_at', 'is', null)
    .where('token.expires_at', '>', sql<Date>`now()`)
    .where('sessions.revoked_at', 'is', null)
    .returning([
      'users.id as userId',
      'users.email',
      'users.name',
      'users.role',
      'sessions.id as sessionId',
    ])
    .executeTakeFirst();
  return row ?? null;
}

/** Ends the session of a refresh token that was used before; returns its id when that ended it. */
export async function revokeFamilyOfUsedToken(
  tx: Tx,
  tokenHash: Buffer,
): Promise<{ sessionId: string; userId: string } | null> {
  const row = await tx
    .updateTable('sessions')
    .from('refresh_tokens as token')
    .set({ revoked_at: sql<Date>`now()` })
    .whereRef('sessions.id', '=', 'token.session_id')
    .where('token.token_hash', '=', tokenHash)
    .where('token.used_at', 'is not', null)
    .where('sessions.revoked_at', 'is', null)
    .returning(['sessions.id as sessionId', 'sessions.user_id as userId'])
    .executeTakeFirst();
  return row ?? null;
}

/** Ends the session of a refresh token. */
export async function revokeFamily(db: Db, tokenHash: Buffer): Promise<void> {
  await db
    .updateTable('sessions')
    .from('refresh_tokens as token')
    .set({ revoked_at: sql<Date>`now()` })
    .whereRef('sessions.id', '=', 'token.session_id')
    .where('token.token_hash', '=', tokenHash)
    .where('sessions.revoked_at', 'is', null)
    .execute();
}
