import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import { ShopError } from '../../shared/errors.ts';
import { hasSecondFactor, setConfirmed, wasConfirmed } from './confirmed.repository.ts';
import type { User } from './identity.model.ts';
import { provePassword } from './prove-password.service.ts';
import { lockUser, lockUserWithHash } from './user.repository.ts';

/** Whether whoever uses a session proved within ten minutes that it is they. */
export function isConfirmed(db: Db, sessionId: string): Promise<boolean> {
  return wasConfirmed(db, sessionId);
}

/** Whether the account asks for more than a password. */
export function asksSecondFactor(db: Db, userId: string): Promise<boolean> {
  return hasSecondFactor(db, userId);
}

/**
 * The account of a session whose person proved a moment ago that it is they; it stays as it is until the transaction
 * ends. @throws ShopError unauthenticated when the session ended meanwhile, as by a password reset.
 */
export async function lockConfirmed(
  tx: Tx,
  { userId, sessionId }: Pick<Principal, 'userId' | 'sessionId'>,
): Promise<User> {
  const user = await lockUser(tx, userId);
  if (user === null || !(await wasConfirmed(tx, sessionId)))
    throw new ShopError('unauthenticated', 'Sign in again.');
  return user;
}

/** Notes that whoever uses a session has just proved that it is they. */
export function confirmSession(tx: Tx, sessionId: string): Promise<void> {
  return setConfirmed(tx, sessionId);
}

/**
 * Has whoever uses a session prove by their password that it is they, and by `proveMore` where their account asks
 * for more: a password alone never stands for both.
 * @throws ShopError validation_failed (`password`); unauthenticated; rate_limited; what `proveMore` throws.
 */
export async function confirmByPassword(
  deps: { db: Db; limiter: RateLimiter },
  principal: Principal,
  { password, proveMore }: { password: string; proveMore: (tx: Tx) => Promise<void> },
): Promise<void> {
  const { userId, sessionId } = principal;
  const provedHash = await provePassword(deps, principal, password);
  await inTransaction(deps.db, async (tx) => {
    if ((await lockUserWithHash(tx, userId, provedHash)) === null)
      throw new ShopError('unauthenticated', 'Sign in again.');
    if (await hasSecondFactor(tx, userId)) await proveMore(tx);
    await setConfirmed(tx, sessionId);
  });
}
