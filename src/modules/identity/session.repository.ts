import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { newId } from '../../shared/ids.ts';
import { permissionsOf } from '../../shared/permissions.ts';
import { KEPT_DAYS } from '../../shared/retention.ts';
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
    readonly passkeyId: string | null;
    /** Whether its person has just proved who they are. */
    readonly confirmed: boolean;
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
      confirmed_at: session.confirmed ? sql<Date>`now()` : null,
      passkey_id: session.passkeyId,
    })
    .execute();
  return id;
}

/** How a request names its session: a browser by its cookie's hash, a program by the id in its access token. */
export type SessionKey = { readonly tokenHash: Buffer } | { readonly apiSessionId: string };

/** Who a live session belongs to, as they are now; notes its use at most once a minute. */
export async function findSession(db: Db, key: SessionKey): Promise<Principal | null> {
  const named =
    'tokenHash' in key
      ? sql<boolean>`sessions.token_hash = ${key.tokenHash}`
      : sql<boolean>`sessions.id = ${key.apiSessionId} AND sessions.kind = 'api'`;
  const row = await db
    .with('touched', (cte) =>
      cte
        .updateTable('sessions')
        .from('users')
        .set({ last_seen_at: sql<Date>`now()` })
        .whereRef('users.id', '=', 'sessions.user_id')
        .where(named)
        // One that was idle for too long is not woken by being asked for.
        .where(isLive)
        .where('last_seen_at', '<', sql<Date>`now() - interval '1 minute'`)
        .returning('sessions.id'),
    )
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
    .select(['users.id as userId', 'users.email', 'users.name', 'users.role'])
    .select(['sessions.id as sessionId', 'staff_roles.permissions as ofStaffRole'])
    .where(named)
    .where(isLive)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { ofStaffRole, ...holder } = row;
  return { ...holder, permissions: permissionsOf(holder.role, ofStaffRole ?? []) };
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
  const ended = sql<Date>`now() - make_interval(days => ${KEPT_DAYS.endedSessions})`;
  await db
    .deleteFrom('sessions')
    .where((where) => where.or([where('expires_at', '<', ended), where('revoked_at', '<', ended)]))
    .execute();
}
