import { inTransaction, type Tx } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { notFound } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import { lockAccount } from '../identity/account.service.ts';
import { endSessionsOf } from '../identity/own-sessions.service.ts';
import { tellOwner } from '../identity/security-mail.service.ts';
import { deleteLinkOf, deleteLinks, findLinkOf } from './oidc.repository.ts';
import type { OidcDeps } from './oidc-flow.service.ts';

/** Since when an account is tied to one at the provider, or null. */
export function linkedSince({ db, provider }: OidcDeps, userId: string): Promise<Date | null> {
  return findLinkOf(db, userId, provider.issuer);
}

/**
 * Unties the account of whoever is signed in from the provider and ends their other sessions. The next sign-in there
 * with the account's verified address ties it anew, to whichever subject has it then.
 * @throws ShopError not_found where it is not tied.
 */
export async function unlinkProvider(
  { db, provider, logger }: OidcDeps,
  { userId, sessionId }: Principal,
): Promise<void> {
  const { issuer } = provider;
  await inTransaction(db, async (tx) => {
    await lockAccount(tx, userId);
    if (!(await deleteLinkOf(tx, userId, issuer))) throw notFound('The account at the provider');
    await endSessionsOf(tx, userId, { keep: sessionId });
    await tellOwner(tx, userId, 'provider_unlinked');
    await note(tx, { act: 'provider.unlinked', subject: userId, detail: { issuer } });
  });
  logger.info({ userId }, 'untied from the provider');
}

/** Unties an account in the transaction of what makes it nobody's. */
export function removeLinks(tx: Tx, userId: string): Promise<void> {
  return deleteLinks(tx, userId);
}
