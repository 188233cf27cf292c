import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import { isErased } from '../../shared/erased.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { note } from '../../trail/trail.ts';
import { deleteExpiredChallenges, dropChallengesOf } from './challenge.repository.ts';
import { nameOr, normaliseEmail, type User } from './identity.model.ts';
import { hashNewPassword } from './new-password.service.ts';
import { revokeSessionsOf } from './own-sessions.repository.ts';
import { hashPassword } from './password.gateway.ts';
import { deleteExpiredPasswordResets } from './password-reset.repository.ts';
import { deleteEndedSessions } from './session.repository.ts';
import {
  findUser,
  findUserByEmail,
  insertUser,
  lockUser,
  lockUserToRead,
  promote,
  setPasswordHash,
} from './user.repository.ts';

export interface Registration {
  readonly email: string;
  readonly password: string;
  /** Blank or absent: taken from the e-mail address. */
  readonly name?: string;
}

/**
 * Makes a customer's account and, in the same transaction, what `begin` begins for them: a session.
 * @throws ShopError validation_failed (`email`, `password`); conflict when the address has an account.
 */
export async function register<T>(
  db: Db,
  registration: Registration,
  begin: (tx: Tx, user: User) => Promise<T>,
): Promise<T> {
  if (isErased(normaliseEmail(registration.email)))
    throw invalid('email', 'No mail arrives at this address. Give another one.');
  const { password, ...of } = registration;
  const passwordHash = await hashNewPassword(password, { of, path: 'password' });
  return inTransaction(db, async (tx) => {
    const user = await addUser(tx, { ...registration, passwordHash, role: 'customer' });
    if (user === null) {
      const message = 'This e-mail address has an account already.';
      throw new ShopError('conflict', message, { errors: [{ path: 'email', message }] });
    }
    return begin(tx, user);
  });
}

/**
 * Makes sure that the configured administrator exists. Whoever had an account at the address before may not be who
 * configures the shop: it gets the configured password, and all that signed in to it ends; `removeFactors` ends what
 * stands beside its password. An administrator's account stays as it is.
 */
export async function ensureAdmin(
  db: Db,
  { email: given, password }: { email: string; password: string },
  removeFactors: (tx: Tx, userId: string) => Promise<void>,
): Promise<void> {
  const email = normaliseEmail(given);
  const passwordHash = await hashPassword(password);
  await inTransaction(db, async (tx) => {
    if (await addUser(tx, { email, passwordHash, role: 'admin' })) return;
    const promoted = await promote(tx, email);
    if (promoted === null) return;
    await setPasswordHash(tx, promoted, passwordHash);
    await revokeSessionsOf(tx, promoted, { keep: null });
    await dropChallengesOf(tx, promoted);
    await removeFactors(tx, promoted);
    await recordEvents(tx, [
      event('user.role_changed', promoted, { userId: promoted, role: 'admin' }),
    ]);
    const place = { role: 'admin', roleId: null };
    await note(tx, { act: 'member.changed', subject: promoted, detail: place });
  });
}

/** A user as they are now. @throws ShopError unauthenticated when the account is gone. */
export async function accountOf(db: Db, userId: string): Promise<User & { createdAt: Date }> {
  const row = await findUser(db, userId);
  if (row === null) throw new ShopError('unauthenticated', 'This account does not exist any more.');
  const { created_at: createdAt, ...user } = row;
  return { ...user, createdAt };
}

/** A user as they are now, for whom something is begun in the transaction. @throws ShopError unauthenticated when gone. */
export async function userFor(tx: Tx, userId: string): Promise<User> {
  const user = await lockUserToRead(tx, userId);
  if (user === null)
    throw new ShopError('unauthenticated', 'This account does not exist any more.');
  return user;
}

/** Waits for everybody else who changes what an account is signed in to with, or signs in to it. */
export function lockAccount(tx: Tx, userId: string): Promise<User | null> {
  return lockUser(tx, userId);
}

/** The account with an address, or null. */
export async function accountByEmail(db: Db, email: string): Promise<{ id: string } | null> {
  const account = await findUserByEmail(db, normaliseEmail(email));
  return account === null ? null : { id: account.id };
}

/** Removes what ended more than a week ago, sessions with their tokens and password resets, and what nobody answered. */
export async function sweepIdentity(db: Db): Promise<void> {
  await deleteEndedSessions(db);
  await deleteExpiredPasswordResets(db);
  await deleteExpiredChallenges(db);
}

/** Stores a user with the event; null when the address is taken. */
async function addUser(
  tx: Tx,
  { email: given, name, passwordHash, role }: NewUser,
): Promise<User | null> {
  const email = normaliseEmail(given);
  const user = await insertUser(tx, {
    id: newId(),
    email,
    name: nameOr(name, email),
    role,
    passwordHash,
  });
  if (user !== null)
    await recordEvents(tx, [event('user.registered', user.id, { userId: user.id, role })]);
  return user;
}

interface NewUser extends Pick<Registration, 'email' | 'name'> {
  readonly passwordHash: string;
  readonly role: User['role'];
}
