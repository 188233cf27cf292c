import { type Db, inTransaction } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { note } from '../../trail/trail.ts';
import { dropChallengesOf } from './challenge.repository.ts';
import { revokeSessionsOf } from './own-sessions.repository.ts';
import { hashPassword, verifyPassword } from './password.gateway.ts';
import { signInBuckets } from './rate-limits.model.ts';
import { tellOwner } from './security-mail.service.ts';
import { findUserByEmail, lockUser, lockUserWithHash, setPasswordHash } from './user.repository.ts';

/**
 * Replaces the password of whoever is signed in and ends their other sessions. The current one is asked for, and
 * guesses at it count as those at the sign-in do, so that a session left open is not an account lost.
 * @throws ShopError validation_failed (`currentPassword`, `newPassword`); rate_limited.
 */
export async function changePassword(
  { db, limiter, logger }: { db: Db; limiter: RateLimiter; logger: Logger },
  principal: Principal,
  change: { currentPassword: string; newPassword: string; address: string },
): Promise<void> {
  const { userId, email, sessionId } = principal;
  const giveBack = await limiter.take(signInBuckets(email, change.address));
  const account = await findUserByEmail(db, email);
  if (account?.id !== userId) throw new ShopError('unauthenticated', 'Sign in again.');
  if (!(await verifyPassword(account.password_hash, change.currentPassword))) {
    logger.warn({ userId }, 'password change refused');
    throw invalid('currentPassword', 'This is not your current password.');
  }
  await giveBack();
  if (change.currentPassword === change.newPassword)
    throw invalid('newPassword', 'This is your current password. Choose another one.');
  const passwordHash = await hashPassword(change.newPassword);
  await inTransaction(db, async (tx) => {
    await lockUser(tx, userId);
    // Somebody who changed it meanwhile, by a mailed link, was the one to obey.
    if ((await lockUserWithHash(tx, userId, account.password_hash)) === null)
      throw new ShopError('conflict', 'The password was changed meanwhile. Sign in again.');
    await setPasswordHash(tx, userId, passwordHash);
    await revokeSessionsOf(tx, userId, { keep: sessionId });
    await dropChallengesOf(tx, userId);
    await tellOwner(tx, userId, 'password_changed');
    await note(tx, { act: 'password.changed', subject: userId, detail: {} });
  });
  logger.info({ userId }, 'password changed');
}
