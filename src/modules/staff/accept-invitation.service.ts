import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import { register } from '../identity/account.service.ts';
import { lockConfirmed } from '../identity/confirmed.service.ts';
import { MAX_NAME_LENGTH, type User } from '../identity/identity.model.ts';
import { endSessionsOf } from '../identity/own-sessions.service.ts';
import { hashSecretToken, newSecretToken } from '../identity/secret-token.model.ts';
import { createBrowserSession } from '../identity/session.service.ts';
import { changePlace } from '../identity/staff-accounts.service.ts';
import {
  deleteInvitation,
  findByEmail,
  findByToken,
  hasAccount,
  type InvitationRow,
} from './invitations.repository.ts';
import { assertGivable } from './members.service.ts';
import { type Place, placeOf } from './staff.model.ts';
import { findStanding, lockStaff } from './standing.repository.ts';

/** What the page of an invitation needs to know. */
export interface OpenInvitation {
  readonly email: string;
  /** Whether the address has an account, which then joins. */
  readonly hasAccount: boolean;
}

/** The invitation that a mailed token opens; null when it is unknown, expired, revoked or accepted. */
export async function openInvitation(db: Db, token: string): Promise<OpenInvitation | null> {
  const found = await findByToken(db, hashSecretToken(token));
  if (found === null) return null;
  return { email: found.email, hasAccount: await hasAccount(db, found.email) };
}

interface Browser {
  readonly userAgent: string | undefined;
}

/**
 * Accepts an invitation of somebody who has no account yet: it is made, with their session.
 * @throws ShopError validation_failed (`token`), conflict when the address has an account meanwhile.
 */
export async function acceptAnew(
  db: Db,
  given: { readonly token: string; readonly name: string; readonly password: string } & Browser,
) {
  const { token, name, password, userAgent } = given;
  // Checked before the costly hashing, and again, for certain, in the transaction.
  const invitation = await findByToken(db, hashSecretToken(token));
  if (invitation === null) throw spent();
  return register(db, { email: invitation.email, name, password }, async (tx, user) => {
    const { role } = await take(tx, token, user);
    return createBrowserSession(tx, { ...user, role }, userAgent);
  });
}

/**
 * Accepts an invitation of a customer who is signed in to the account it was sent to and proved a moment ago that it is
 * they. Every session from before ends: what could be done in it was never meant for a member of the staff.
 * @throws ShopError validation_failed (`token`), conflict (works here already), unauthenticated (the account is gone).
 */
export function acceptAsCustomer(
  db: Db,
  { token, userAgent }: { readonly token: string } & Browser,
  principal: Principal,
) {
  return inTransaction(db, async (tx) => {
    const user = await lockConfirmed(tx, principal);
    if (user.role !== 'customer') throw new ShopError('conflict', 'You work here already.');
    const { role } = await take(tx, token, user);
    await endSessionsOf(tx, user.id, { keep: null });
    return createBrowserSession(tx, { ...user, role }, userAgent);
  });
}

/**
 * Accepts the invitation to an address that a provider vouches for, which has no account yet: it is made, with a
 * password that nobody knows. Null where nobody is invited by it.
 * @throws ShopError conflict when the address has an account meanwhile.
 */
export async function acceptByProvider<T>(
  db: Db,
  { email, name }: { readonly email: string; readonly name: string | null },
  begin: (tx: Tx, user: User) => Promise<T>,
): Promise<{ begun: T } | null> {
  if ((await findByEmail(db, email)) === null) return null;
  const registration = {
    email,
    name: name?.slice(0, MAX_NAME_LENGTH) ?? '',
    password: newSecretToken(),
  };
  return register(db, registration, async (tx, user) => {
    const { role } = await give(tx, user, () => findByEmail(tx, email));
    return { begun: await begin(tx, { ...user, role }) };
  });
}

/** Uses up the invitation that a token opens. */
function take(tx: Tx, token: string, user: User): Promise<Place> {
  return give(tx, user, () => findByToken(tx, hashSecretToken(token)));
}

/** Uses an invitation up and gives its place, as long as whoever invited could do so now. */
async function give(tx: Tx, user: User, find: () => Promise<InvitationRow | null>): Promise<Place> {
  await lockStaff(tx);
  const invitation = await find();
  if (invitation === null || invitation.email !== user.email) throw spent();
  const place = placeOf(invitation.role, invitation.staff_role_id);
  const inviter = await findStanding(tx, invitation.invited_by);
  if (!inviter?.permissions.has('staff:write')) throw spent();
  await assertGivable(tx, inviter, place).catch((error: unknown) => {
    throw error instanceof ShopError ? spent() : error;
  });
  await deleteInvitation(tx, invitation.id);
  await changePlace(tx, user.id, place);
  await note(tx, {
    act: 'invitation.accepted',
    subject: invitation.id,
    actor: { kind: 'staff', id: user.id },
    detail: { accountId: user.id, ...place },
  });
  return place;
}

function spent(): ShopError {
  return invalid('token', 'This invitation is not valid any more. Ask for a new one.');
}
