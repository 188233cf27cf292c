import type { Db } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import { invalid } from '../../shared/errors.ts';
import { verifyPassword } from './password.gateway.ts';
import { signInBuckets } from './rate-limits.model.ts';
import { findUserByEmail } from './user.repository.ts';

/**
 * Has whoever is signed in type their password before something that cannot be undone. Guesses count as those at the
 * sign-in do.
 * @throws ShopError validation_failed (`password`); rate_limited.
 */
export async function provePassword(
  { db, limiter }: { db: Db; limiter: RateLimiter },
  { userId, email }: Principal,
  { password, address }: { password: string; address: string },
): Promise<void> {
  const giveBack = await limiter.take(signInBuckets(email, address));
  const account = await findUserByEmail(db, email);
  if (account?.id !== userId || !(await verifyPassword(account.password_hash, password)))
    throw invalid('password', 'This is not your password.');
  await giveBack();
}
