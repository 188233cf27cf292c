import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { notFound } from '../../shared/errors.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import { note } from '../../trail/trail.ts';
import { deviceOf } from './device.model.ts';
import { findLiveSessions, revokeSession, revokeSessionsOf } from './own-sessions.repository.ts';
import { findUser } from './user.repository.ts';

/** A place where somebody is signed in. */
export interface Session {
  readonly id: string;
  readonly kind: 'browser' | 'api';
  /** As its user agent says, which may say anything. */
  readonly device: string;
  readonly createdAt: string;
  /** To about a minute. */
  readonly lastSeenAt: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

/** Where a user is signed in, the newest session first. */
export async function listSessions(
  db: Db,
  { userId, sessionId }: { userId: string; sessionId: string | null },
  { limit, cursor }: PageRequest,
): Promise<Page<Session>> {
  const after = lastSeenId({ cursor });
  const rows = await findLiveSessions(db, userId, { limit, after });
  const { data, nextCursor } = toPage(rows, limit, (row) => [row.id]);
  return {
    data: data.map((row) => ({
      id: row.id,
      kind: row.kind,
      device: deviceOf(row.user_agent),
      createdAt: row.created_at.toISOString(),
      lastSeenAt: row.last_seen_at.toISOString(),
      current: row.id === sessionId,
    })),
    nextCursor,
  };
}

/** Ends one of the user's own sessions. @throws ShopError not_found, for one of somebody else's too. */
export async function endOwnSession(db: Db, { userId }: Principal, id: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (!(await revokeSession(tx, userId, id))) throw notFound('The session');
    await noteEnded(tx, userId, 1);
  });
}

/** Ends the user's sessions but for the one that asks; returns how many that were. */
export function endOtherSessions(db: Db, { userId, sessionId }: Principal): Promise<number> {
  return inTransaction(db, async (tx) => {
    const count = await revokeSessionsOf(tx, userId, { keep: sessionId });
    await noteEnded(tx, userId, count);
    return count;
  });
}

/** Signs a customer out everywhere. Who works in the console is not theirs to sign out. @throws ShopError not_found. */
export function endSessionsOfCustomer(db: Db, customerId: string): Promise<number> {
  return inTransaction(db, async (tx) => {
    const user = await findUser(tx, customerId);
    if (user?.role !== 'customer') throw notFound('The customer');
    const count = await revokeSessionsOf(tx, customerId, { keep: null });
    await noteEnded(tx, customerId, count);
    return count;
  });
}

function noteEnded(tx: Tx, userId: string, count: number): Promise<void> {
  return note(tx, { act: 'sessions.ended', subject: userId, detail: { count } });
}

/**
 * Ends a user's sessions in the transaction of what makes them doubtful, but for the one to keep; with `passkeyId`
 * those alone that this passkey opened.
 */
export function endSessionsOf(
  tx: Tx,
  userId: string,
  which: { keep: string | null; passkeyId?: string },
): Promise<number> {
  return revokeSessionsOf(tx, userId, which);
}
