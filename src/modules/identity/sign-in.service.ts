import { randomBytes } from 'node:crypto';
import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import { ShopError } from '../../shared/errors.ts';
import { noteLater } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { note } from '../../trail/trail.ts';
import { openChallenge } from './challenge.service.ts';
import { hasSecondFactor } from './confirmed.repository.ts';
import { LIFETIME, normaliseEmail, type User } from './identity.model.ts';
import { hashPassword, isOutdated, verifyPassword } from './password.gateway.ts';
import { signInBuckets } from './rate-limits.model.ts';
import { findUserByEmail, lockUserWithHash, replaceHash } from './user.repository.ts';

export interface SignInDeps {
  readonly db: Db;
  readonly limiter: RateLimiter;
  readonly logger: Logger;
}

export interface SignInAttempt {
  readonly email: string;
  readonly password: string;
  /** The client's network address. */
  readonly address: string;
  /** The name of a browser in which the account was signed in to before; null for any other, and for programs. */
  readonly browser: string | null;
}

/**
 * Checks e-mail and password and, if they fit, does what `begin` begins: a session. Tokens are taken before the
 * password is checked, so parallel guesses count, and given back on success, so only failures do.
 * @throws ShopError invalid_credentials, the same for an unknown account; rate_limited; second_factor_required, with
 * the `challenge` to answer, where the account asks for more than a password.
 */
export async function signIn<T>(
  { db, limiter, logger }: SignInDeps,
  attempt: SignInAttempt,
  begin: (tx: Tx, user: User) => Promise<T>,
): Promise<T> {
  const email = normaliseEmail(attempt.email);
  const giveBack = await limiter.take(signInBuckets(email, attempt.address, attempt.browser));
  const account = await findUserByEmail(db, email);
  const passwordHash = account?.password_hash ?? (await decoy());
  const fits = await verifyPassword(passwordHash, attempt.password);
  if (account === null || !fits) {
    logger.warn({ userId: account?.id ?? null }, 'sign-in refused');
    noteLater({ act: 'sign_in.failed', subject: account?.id ?? null, detail: {} });
    throw wrongCredentials();
  }
  const outcome = await inTransaction(db, async (tx) => {
    // A password reset that came between ends all sessions: none may begin after it on the old password.
    const user = await lockUserWithHash(tx, account.id, passwordHash);
    if (user === null) throw wrongCredentials();
    return enterOrAsk(tx, user, begin);
  });
  await giveBack();
  if (isOutdated(passwordHash)) await upgradeHash(db, account.id, passwordHash, attempt.password);
  if ('challenge' in outcome) throw secondStepNeeded(outcome.challenge);
  logger.info({ userId: account.id }, 'signed in');
  return outcome.begun;
}

/** Goes on after a first step that has succeeded: does what the sign-in begins, or asks for the second step. */
export async function enterOrAsk<T>(
  tx: Tx,
  user: User,
  begin: (tx: Tx, user: User) => Promise<T>,
): Promise<{ begun: T } | { challenge: string }> {
  if (await hasSecondFactor(tx, user.id)) return { challenge: await openSecondStep(tx, user.id) };
  return { begun: await enterAs(tx, user, begin) };
}

/** Begins the second step of a sign-in whose first has succeeded. */
function openSecondStep(tx: Tx, userId: string): Promise<string> {
  return openChallenge(tx, { purpose: 'second_step', userId, seconds: LIFETIME.secondStep });
}

/** The answer to a right password of an account that asks for more. */
function secondStepNeeded(challenge: string): ShopError {
  return new ShopError('second_factor_required', 'Go on with a code of your second factor.', {
    members: { challenge, expiresIn: LIFETIME.secondStep },
  });
}

/** Does what a sign-in begins, once all that the account asks for was shown; that staff came in is noted. */
export async function enterAs<T>(
  tx: Tx,
  user: User,
  begin: (tx: Tx, user: User) => Promise<T>,
): Promise<T> {
  const begun = await begin(tx, user);
  const actor = { kind: 'staff', id: user.id } as const;
  if (user.role !== 'customer')
    await note(tx, { act: 'sign_in.succeeded', subject: user.id, detail: {}, actor });
  return begun;
}

let madeDecoy: Promise<string> | undefined;

/** The hash of a password that nobody has: an unknown account takes as long to refuse as a known one. */
function decoy(): Promise<string> {
  madeDecoy ??= hashPassword(randomBytes(32).toString('base64url'));
  return madeDecoy;
}

async function upgradeHash(db: Db, userId: string, from: string, password: string): Promise<void> {
  await replaceHash(db, userId, { from, to: await hashPassword(password) });
}

function wrongCredentials(): ShopError {
  return new ShopError('invalid_credentials', 'E-mail address or password is wrong.');
}
