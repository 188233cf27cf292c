import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { newId } from '../../shared/ids.ts';
import { LIFETIME } from './identity.model.ts';
import { isLive } from './session-life.repository.ts';

/**
 * Opens a session and returns its id: a browser's is known by its cookie's hash; an API's (tokenHash null) is
 * the family of its refresh tokens.
 */
export async function insertSession(
  tx: Tx,
  session: {
    readonly userId: string;
    readonly userAgent: string | undefined;
    readonly tokenHash: Buffer | null;
  },
): Promise<string> {
  const id = newId();
  const kind = session.tokenHash === null ? 'api' : 'browser';
  await tx
    .insertInto('sessions')
    .values({
      id,
      user_id: session.userId,
      kind,
      token_hash: session.tokenHash,
      user_agent: session.userAgent?.slice(0, 300) ?? null,
      expires_at: sql<Date>`now() + make_interval(secs => ${LIFETIME[kind]})`,
      revoked_at: null,
      confirmed_at: sql<Date>`now()`,
      passkey_id: null,
    })
    .execute();
  return id;
}

/** Who a live browser session belongs to, as they are now; notes its use at most once a minute. */
export async function findBrowserSession(db: Db, tokenHash: Buffer): Promise<Principal | null> {
  const row = await db
    .with('touched', (cte) =>
      cte
        .updateTable('sessions')
        .from('users')
        .set({ last_seen_at: sql<Date>`now()` })
        .whereRef('users.id', '=', 'sessions.user_id')
        .where('token_hash', '=', tokenHash)
        // One that was idle for too long is not woken by being asked for.
        .where(isLive)
        .where('last_seen_at', '<', sql<Date>`now() - interval '1 minute'`)
        .returning('sessions.id'),
    )
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['users.id as userId', 'email', 'name', 'role', 'sessions.id as sessionId'])
    .where('token_hash', '=', tokenHash)
    .where(isLive)
    .executeTakeFirst();
  return row ?? null;
}

export async function revokeBrowserSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ revoked_at: sql<Date>`now()` })
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .execute();
}

/** Removes sessions, with their refresh tokens, a week after they ended. */
export async function deleteEndedSessions(db: Db): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where((where) =>
      where.or([
        where('expires_at', '<', sql<Date>`now() - interval '7 days'`),
        where('revoked_at', '<', sql<Date>`now() - interval '7 days'`),
      ]),
    )
    .execute();
}
