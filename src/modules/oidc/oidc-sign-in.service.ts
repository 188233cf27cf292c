import { inTransaction, type Tx } from '../../database/database.ts';
import { note } from '../../trail/trail.ts';
import { accountByEmail, lockAccount } from '../identity/account.service.ts';
import type { User } from '../identity/identity.model.ts';
import { tellOwner } from '../identity/security-mail.service.ts';
import { enterOrAsk } from '../identity/sign-in.service.ts';
import { acceptByProvider } from '../staff/accept-invitation.service.ts';
import type { Identity } from './oidc.model.ts';
import { findLinked, insertLink } from './oidc.repository.ts';
import { type OidcDeps, refuse } from './oidc-flow.service.ts';

/** Begins a session of somebody who may come in. */
type Begin<T> = (tx: Tx, user: User) => Promise<T>;

/**
 * Lets somebody in whom the provider vouches for: by the account that its subject is tied to; else by its verified
 * address, once, to an account of staff, which is tied to the subject then; else by an invitation to that address, as
 * long as nobody has an account with it. Nobody else. An account that has a second factor is asked for it.
 * @returns what was begun, or the challenge of the second step.
 * @throws ShopError forbidden.
 */
export async function enterByProvider<T>(
  deps: OidcDeps,
  identity: Identity,
  begin: Begin<T>,
): Promise<{ begun: T } | { challenge: string }> {
  const { db } = deps;
  const linked = await findLinked(db, identity);
  if (linked !== null) return enterLinked(deps, linked, identity, begin);
  if (identity.email === null) throw refuse(deps, { reason: 'email_not_verified' });
  const account = await accountByEmail(db, identity.email);
  if (account !== null) return enterLinked(deps, account.id, identity, begin);
  return { begun: await joinByProvider(deps, { ...identity, email: identity.email }, begin) };
}

async function enterLinked<T>(
  deps: OidcDeps,
  userId: string,
  identity: Identity,
  begin: Begin<T>,
): Promise<{ begun: T } | { challenge: string }> {
  const outcome = await inTransaction(deps.db, async (tx) => {
    const user = await lockAccount(tx, userId);
    if (user === null || user.role === 'customer') return { reason: 'not_staff' as const };
    if (!(await isLinkedNow(tx, user, identity)))
      return { reason: 'linked_to_another_subject' as const };
    await note(tx, { act: 'provider.sign_in', subject: userId, actor: staff(userId), detail: {} });
    return enterOrAsk(tx, user, begin);
  });
  if ('reason' in outcome) throw refuse(deps, { ...outcome, userId });
  deps.logger.info({ userId }, 'signed in by a provider');
  return outcome;
}

/** Whether an account is tied to the subject; one that is tied to none at the provider is tied now, and is told. */
async function isLinkedNow(tx: Tx, user: User, identity: Identity): Promise<boolean> {
  if ((await findLinked(tx, identity)) === user.id) return true;
  // The address may have been changed since it was looked up.
  if (user.email !== identity.email || !(await insertLink(tx, user.id, identity))) return false;
  await noteLinked(tx, user.id, identity);
  return true;
}

/** Accepts the invitation to a verified address that nobody has an account with. */
async function joinByProvider<T>(
  deps: OidcDeps,
  identity: Identity & { readonly email: string },
  begin: Begin<T>,
): Promise<T> {
  const joined = await acceptByProvider(deps.db, identity, async (tx, user) => {
    await insertLink(tx, user.id, identity);
    await noteLinked(tx, user.id, identity);
    return begin(tx, user);
  });
  if (joined === null) throw refuse(deps, { reason: 'not_staff' });
  return joined.begun;
}

async function noteLinked(tx: Tx, userId: string, { issuer }: Identity): Promise<void> {
  await tellOwner(tx, userId, 'provider_linked');
  await note(tx, {
    act: 'provider.linked',
    subject: userId,
    actor: staff(userId),
    detail: { issuer },
  });
}

function staff(id: string) {
  return { kind: 'staff', id } as const;
}
