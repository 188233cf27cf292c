import { type Db, inTransaction } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import { noteLater } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { note } from '../../trail/trail.ts';
import { dropChallengesOf } from './challenge.repository.ts';
import { hashNewPassword } from './new-password.service.ts';
import { revokeSessionsOf } from './own-sessions.repository.ts';
import { provePassword } from './prove-password.service.ts';
import { tellOwner } from './security-mail.service.ts';
import { lockUser, lockUserWithHash, setPasswordHash } from './user.repository.ts';

interface PasswordChange {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/**
 * Replaces the password of whoever is signed in and ends their other sessions. The current one is asked for, and
 * a session has few guesses at it, so that a session left open is not an account lost.
 * @throws ShopError validation_failed (`currentPassword`, `newPassword`); conflict where it was changed meanwhile;
 * unauthenticated; rate_limited.
 */
export async function changePassword(
  deps: { db: Db; limiter: RateLimiter; logger: Logger },
  principal: Principal,
  { currentPassword, newPassword }: PasswordChange,
): Promise<void> {
  const { db, logger } = deps;
  const { userId, sessionId } = principal;
  const provedHash = await provePassword(deps, principal, currentPassword, () => {
    logger.warn({ userId }, 'password change refused');
    noteLater({ act: 'password_change.failed', subject: userId, detail: {} });
    return invalid('currentPassword', 'This is not your current password.');
  });
  if (currentPassword === newPassword)
    throw invalid('newPassword', 'This is your current password. Choose another one.');
  const passwordHash = await hashNewPassword(newPassword, { of: principal, path: 'newPassword' });
  await inTransaction(db, async (tx) => {
    await lockUser(tx, userId);
    // Somebody who changed it meanwhile, by a mailed link, was the one to obey.
    if ((await lockUserWithHash(tx, userId, provedHash)) === null)
      throw new ShopError('conflict', 'The password was changed meanwhile. Sign in again.');
    await setPasswordHash(tx, userId, passwordHash);
    await revokeSessionsOf(tx, userId, { keep: sessionId });
    await dropChallengesOf(tx, userId);
    await tellOwner(tx, userId, 'password_changed');
    await note(tx, { act: 'password.changed', subject: userId, detail: {} });
  });
  logger.info({ userId }, 'password changed');
}
