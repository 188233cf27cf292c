import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import type { Principal, SessionHolder } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { noteLater } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { AccessTokens } from './access-token.gateway.ts';
import type { User } from './identity.model.ts';
import {
  insertRefreshToken,
  revokeFamily,
  revokeFamilyOfUsedToken,
  useRefreshToken,
} from './refresh-token.repository.ts';
import { hashSecretToken, newSecretToken } from './secret-token.model.ts';
import {
  findBrowserSession,
  insertSession,
  noteUse,
  revokeBrowserSession,
} from './session.repository.ts';

export type { AccessTokens };

/** What a program holds after signing in: the tokens in plain, which are stored nowhere. */
export interface ApiSession {
  readonly user: User;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds until the access token expires. */
  readonly expiresIn: number;
}

/** Opens an API session: an access token, and the first refresh token of its family. */
export async function createApiSession(
  tx: Tx,
  {
    tokens,
    user,
    userAgent,
    passkeyId = null,
  }: { tokens: AccessTokens; user: User; userAgent: string | undefined; passkeyId?: string | null },
): Promise<ApiSession> {
  const opened = { userId: user.id, userAgent, tokenHash: null, passkeyId, confirmed: true };
  const sessionId = await insertSession(tx, opened);
  return nextTokens(tx, tokens, principal(user, sessionId));
}

/**
 * Rotates a refresh token. A token that was used before may have been stolen, and nobody can tell who holds the
 * real one, so its whole family ends. There is no grace for retries: of two parallel requests with one token the
 * second is a reuse too (RFC 9700, 4.14.2).
 * @throws ShopError invalid_credentials for a token that is unknown, expired, ended or used.
 */
export async function refreshApiSession(
  db: Db,
  { tokens, refreshToken, logger }: { tokens: AccessTokens; refreshToken: string; logger: Logger },
): Promise<ApiSession> {
  const tokenHash = hashSecretToken(refreshToken);
  const outcome = await inTransaction(db, async (tx) => {
    const owner = await useRefreshToken(tx, tokenHash);
    if (owner === null) return { revoked: await revokeFamilyOfUsedToken(tx, tokenHash) };
    // Also where nobody sends its access tokens: they would open nothing once it counts as idle.
    await noteUse(tx, [owner.sessionId]);
    return { session: await nextTokens(tx, tokens, owner) };
  });
  // Thrown only now: the revocation is committed.
  if (outcome.session) return outcome.session;
  if (outcome.revoked) {
    logger.warn(outcome.revoked, 'refresh token reused');
    noteLater({ act: 'refresh_token.reused', subject: outcome.revoked.userId, detail: {} });
  }
  throw new ShopError('invalid_credentials', 'The refresh token is not valid. Sign in again.');
}

/** Ends the API session of a refresh token; one that is unknown or ended changes nothing. */
export async function endApiSession(db: Db, refreshToken: string): Promise<void> {
  await revokeFamily(db, hashSecretToken(refreshToken));
}

/**
 * Opens a browser session of LIFETIME.browser seconds; the token goes into its cookie. It counts as a proof of who its
 * person is, unless it is said not to be `confirmed`.
 */
export async function createBrowserSession(
  tx: Tx,
  user: User,
  userAgent: string | undefined,
  { passkeyId, confirmed = true }: { passkeyId?: string; confirmed?: boolean } = {},
): Promise<{ token: string; principal: SessionHolder }> {
  const token = newSecretToken();
  const tokenHash = hashSecretToken(token);
  const sessionId = await insertSession(tx, {
    userId: user.id,
    userAgent,
    tokenHash,
    passkeyId: passkeyId ?? null,
    confirmed,
  });
  return { token, principal: principal(user, sessionId) };
}

/** Who a browser session's token belongs to, or null when it is unknown, expired or ended. */
export function sessionOf(db: Db, token: string): Promise<Principal | null> {
  return findBrowserSession(db, hashSecretToken(token));
}

/** Ends a browser session. */
export async function endSession(db: Db, token: string): Promise<void> {
  await revokeBrowserSession(db, hashSecretToken(token));
}

async function nextTokens(tx: Tx, tokens: AccessTokens, owner: SessionHolder): Promise<ApiSession> {
  const refreshToken = newSecretToken();
  await insertRefreshToken(tx, owner.sessionId, hashSecretToken(refreshToken));
  return {
    user: { id: owner.userId, email: owner.email, name: owner.name, role: owner.role },
    accessToken: await tokens.issue(owner),
    refreshToken,
    expiresIn: tokens.ttlSeconds,
  };
}

function principal({ id, email, name, role }: User, sessionId: string): SessionHolder {
  return { userId: id, email, name, role, sessionId };
}
