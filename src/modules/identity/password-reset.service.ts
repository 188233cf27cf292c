import { createHash } from 'node:crypto';
import { type Db, inTransaction } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import { invalid } from '../../shared/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { note } from '../../trail/trail.ts';
import { dropChallengesOf } from './challenge.repository.ts';
import { LIFETIME, normaliseEmail } from './identity.model.ts';
import { hashNewPassword } from './new-password.service.ts';
import { revokeSessionsOf } from './own-sessions.repository.ts';
import {
  findPasswordReset,
  insertPasswordReset,
  useAllPasswordResets,
  usePasswordReset,
} from './password-reset.repository.ts';
import { hashSecretToken, newSecretToken } from './secret-token.model.ts';
import { tellOwner } from './security-mail.service.ts';
import { findUser, findUserByEmail, lockUser, setPasswordHash } from './user.repository.ts';

/** The job that mails a reset link; its payload is `{ email }`. */
export const SEND_PASSWORD_RESET = 'send_password_reset';

/**
 * Asks for a reset link. The account is looked up by the job, not here, so that neither the answer nor its timing
 * tells whether there is one. Requests for one address that wait together become one mail.
 */
export async function requestPasswordReset(db: Db, givenEmail: string): Promise<void> {
  const email = normaliseEmail(givenEmail);
  const jobKey = `${SEND_PASSWORD_RESET}:${createHash('sha256').update(email).digest('base64url')}`;
  await enqueueJob(db, SEND_PASSWORD_RESET, { email }, { jobKey, queue: 'password_resets' });
}

export interface PasswordResetMail {
  readonly to: string;
  readonly name: string;
  readonly link: string;
  readonly expiresInMinutes: number;
}

/** The job: makes the one-time token only now, so that it rests nowhere in plain, and mails it. */
export async function sendPasswordReset(
  deps: {
    readonly db: Db;
    readonly publicUrl: string;
    readonly logger: Logger;
    readonly sendMail: (mail: PasswordResetMail) => Promise<void>;
  },
  { email }: { readonly email: string },
): Promise<void> {
  const user = await findUserByEmail(deps.db, email);
  if (user === null) {
    deps.logger.info('password reset asked for an address without an account');
    return;
  }
  const token = newSecretToken();
  await insertPasswordReset(deps.db, user.id, hashSecretToken(token));
  await deps.sendMail({
    to: user.email,
    name: user.name,
    link: `${deps.publicUrl}/reset-password?token=${token}`,
    expiresInMinutes: LIFETIME.passwordReset / 60,
  });
  deps.logger.info({ userId: user.id }, 'password reset sent');
}

/**
 * Sets a new password by a mailed token, which works once: the user's other reset tokens and all their sessions
 * end with it.
 * @throws ShopError validation_failed (`token` that is unknown, expired or used; `password`).
 */
export async function resetPassword(
  db: Db,
  { token, password, logger }: { token: string; password: string; logger: Logger },
): Promise<void> {
  const tokenHash = hashSecretToken(token);
  const userId = await findPasswordReset(db, tokenHash);
  const user = userId && (await findUser(db, userId));
  // Checked before the costly hashing, and again, for certain, under the user's lock.
  if (!user) throw spentLink();
  const passwordHash = await hashNewPassword(password, { of: user, path: 'password' });
  await inTransaction(db, async (tx) => {
    await lockUser(tx, userId);
    if (!(await usePasswordReset(tx, tokenHash))) throw spentLink();
    await useAllPasswordResets(tx, userId);
    await setPasswordHash(tx, userId, passwordHash);
    await revokeSessionsOf(tx, userId, { keep: null });
    await dropChallengesOf(tx, userId);
    await tellOwner(tx, userId, 'password_reset');
    await recordEvents(tx, [event('user.password_reset', userId, { userId })]);
    await note(tx, { act: 'password.reset', subject: userId, detail: {} });
  });
  logger.info({ userId }, 'password reset');
}

function spentLink() {
  return invalid('token', 'This link has expired or was used already. Ask for a new one.');
}
