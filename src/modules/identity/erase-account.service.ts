import { randomBytes } from 'node:crypto';
import type { Tx } from '../../database/database.ts';
import { dropJobsNaming } from '../../events/jobs.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import { anonymise } from './erase-account.repository.ts';
import { hashPassword } from './password.gateway.ts';
import { lockUser } from './user.repository.ts';

/** A hash for an account that nobody signs in to any more; made before the transaction, as it takes its time. */
export function unusablePasswordHash(): Promise<string> {
  return hashPassword(randomBytes(32).toString('base64url'));
}

/**
 * Locks a customer's account to be erased. @throws ShopError not_found; forbidden for staff, whose acts are told by
 * name as long as they work here.
 */
export async function lockCustomer(tx: Tx, userId: string): Promise<{ readonly email: string }> {
  const account = await lockUser(tx, userId);
  if (account === null) throw notFound('The customer');
  if (account.role !== 'customer')
    throw new ShopError(
      'forbidden',
      'Accounts of staff are not erased: take their role away first.',
    );
  return account;
}

/**
 * Takes the person out of a locked account: no name, address or password is left, and no session. The row stays, as
 * orders belong to it; second factors are another module's to remove.
 */
export async function eraseAccount(
  tx: Tx,
  userId: string,
  { email, passwordHash }: { email: string; passwordHash: string },
): Promise<void> {
  await anonymise(tx, userId, passwordHash);
  await dropJobsNaming(tx, email);
}
