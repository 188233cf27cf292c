import type { Db } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import { verifyPassword } from './password.gateway.ts';
import { proofBuckets } from './rate-limits.model.ts';
import { findUserByEmail } from './user.repository.ts';

/**
 * Has whoever is signed in prove by their password that it is they; their session has so many guesses and no more.
 * `wrongPassword` is the answer to one that does not fit.
 * @returns the hash that it fits, to hold the account to in the transaction of what it opens.
 * @throws ShopError validation_failed (`password`); unauthenticated for an account that is gone; rate_limited.
 */
export async function provePassword(
  { db, limiter }: { db: Db; limiter: RateLimiter },
  { userId, email, sessionId }: Principal,
  password: string,
  wrongPassword = () => invalid('password', 'This is not your password.'),
): Promise<string> {
  const giveBack = await limiter.take(proofBuckets(sessionId));
  const account = await findUserByEmail(db, email);
  if (account?.id !== userId) throw new ShopError('unauthenticated', 'Sign in again.');
  if (!(await verifyPassword(account.password_hash, password))) throw wrongPassword();
  await giveBack();
  return account.password_hash;
}
