import { type RawBuilder, sql } from 'kysely';
import { uuids } from '../../database/arrays.ts';
import type { Db, Tx } from '../../database/database.ts';
import { deleteInParts } from '../../database/in-parts.ts';
import { kept } from '../../database/kept-plans.ts';
import type { Principal, SessionHolder } from '../../http/principal.ts';
import { newId } from '../../shared/ids.ts';
import { type Permission, permissionsOf } from '../../shared/permissions.ts';
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

/** Who a browser's live session belongs to, as they are now; null where there is none. */
export async function findBrowserSession(db: Db, tokenHash: Buffer): Promise<Principal | null> {
  const [holder] = await holdersOf(db, sql`sessions.token_hash = ${tokenHash}`);
  return holder ?? null;
}

/** Who the live sessions that access tokens name belong to, as they are now, by the ids of the sessions. */
export async function findApiSessions(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, Principal>> {
  const named = sql<boolean>`sessions.id = ANY (${uuids(ids)}) AND sessions.kind = 'api'`;
  const holders = await holdersOf(db, named);
  return new Map(holders.map((holder) => [holder.sessionId, holder]));
}

type Holder = SessionHolder & {
  readonly ofStaffRole: Permission[] | null;
  /** Whether its use was noted a minute ago or longer. */
  readonly isToBeNoted: boolean;
};

/** Notes the use of each session at most once a minute. */
async function holdersOf(db: Db, named: RawBuilder<boolean>): Promise<Principal[]> {
  const { rows } = await sql<Holder>`${kept}
    SELECT users.id AS "userId", users.email, users.name, users.role, sessions.id AS "sessionId",
      staff_roles.permissions AS "ofStaffRole", sessions.last_seen_at < now() - interval '1 minute' AS "isToBeNoted"
    FROM sessions JOIN users ON users.id = sessions.user_id
      LEFT JOIN staff_roles ON staff_roles.id = users.staff_role_id
    WHERE ${named} AND ${isLive}`.execute(db);
  await noteUse(
    db,
    rows.filter(({ isToBeNoted }) => isToBeNoted).map(({ sessionId }) => sessionId),
  );
  return rows.map(({ ofStaffRole, isToBeNoted: _, ...holder }) => ({
    ...holder,
    permissions: permissionsOf(holder.role, ofStaffRole ?? []),
  }));
}

/** Notes that live sessions are used; of one that another request holds, that one does. */
export async function noteUse(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`${kept}
    UPDATE sessions SET last_seen_at = now() FROM (
      SELECT id FROM sessions WHERE id = ANY (${uuids(ids)}) FOR UPDATE SKIP LOCKED
    ) AS used WHERE sessions.id = used.id`.execute(db);
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
export function deleteEndedSessions(db: Db): Promise<void> {
  const ended = sql`now() - make_interval(days => ${KEPT_DAYS.endedSessions})`;
  return deleteInParts(db, 'sessions', sql`expires_at < ${ended} OR revoked_at < ${ended}`);
}
