import { inTransaction } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { invalid, notFound, ShopError } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import { lockAccount } from '../identity/account.service.ts';
import { openChallenge } from '../identity/challenge.service.ts';
import { endSessionsOf } from '../identity/own-sessions.service.ts';
import { tellOwner } from '../identity/security-mail.service.ts';
import { strengthen } from './enrol.service.ts';
import { findFactors } from './factors.repository.ts';
import { type CreationOptions, creationOptions, verifyAttestation } from './passkey.gateway.ts';
import { type Attestation, MAX_PASSKEYS, PASSKEY_SECONDS } from './passkey.model.ts';
import { deletePasskey, findCredentials, insertPasskey } from './passkey.repository.ts';
import { type PasskeyDeps, reasonOf, useChallengeOf } from './passkey-proof.service.ts';
import { replaceRecoveryCodes } from './recovery-code.repository.ts';

/** Asks an authenticator of somebody signed in for a new passkey, within five minutes. */
export async function askNewPasskey(
  { db, relyingParty }: PasskeyDeps,
  { userId, sessionId, email, name }: Principal,
): Promise<CreationOptions> {
  const challenge = await openChallenge(db, {
    purpose: 'passkey_register',
    userId,
    data: { session: sessionId },
    seconds: PASSKEY_SECONDS,
  });
  const known = await findCredentials(db, userId);
  return creationOptions(relyingParty, challenge, { userId, email, name, known });
}

/**
 * Takes a new passkey into use under its owner's name for it. Where it is the account's first second factor, the
 * other sessions end, which were opened without one.
 * @returns recovery codes where there were none, which are shown now and never again.
 * @throws ShopError invalid_credentials for an answer to what was not asked; validation_failed for one that is not
 * right; conflict for a passkey that is known, or one too many.
 */
export async function addPasskey(
  deps: PasskeyDeps,
  principal: Principal,
  { name, ...attestation }: Attestation & { readonly name: string },
): Promise<readonly string[]> {
  const { userId, sessionId } = principal;
  const asked = { purpose: 'passkey_register', userId, sessionId } as const;
  const challenge = await useChallengeOf(deps, asked, attestation);
  const made = await verifyAttestation(deps.relyingParty, attestation, challenge).catch((error) => {
    deps.logger.warn({ userId, reason: reasonOf(error) }, 'new passkey refused');
    throw invalid('', 'This passkey was not accepted. Try again, or use another device.');
  });
  const transports = attestation.transports?.split(',').filter(Boolean) ?? [];
  const codes = await inTransaction(deps.db, async (tx) => {
    await lockAccount(tx, userId);
    const before = await findFactors(tx, userId);
    if (before.passkeys.length >= MAX_PASSKEYS)
      throw new ShopError('conflict', `An account has ${MAX_PASSKEYS} passkeys at most.`);
    if (!(await insertPasskey(tx, { ...made, userId, transports, name: name.trim() })))
      throw new ShopError('conflict', 'This passkey is in use already.');
    await tellOwner(tx, userId, 'passkey_added');
    return strengthen(tx, principal, 'passkey', before);
  });
  deps.logger.info({ userId }, 'passkey added');
  return codes;
}

/**
 * Removes a passkey of whoever is signed in and ends the sessions that it opened, but for the one that asks. Without
 * any second factor left, the recovery codes go too and every other session ends.
 * @throws ShopError not_found, for one of somebody else's too.
 */
export async function removePasskey(
  { db, logger }: PasskeyDeps,
  { userId, sessionId: keep }: Principal,
  passkeyId: string,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await lockAccount(tx, userId);
    if (!(await deletePasskey(tx, userId, passkeyId))) throw notFound('The passkey');
    const { totpSince, passkeys } = await findFactors(tx, userId);
    const bare = totpSince === null && passkeys.length === 0;
    if (bare) await replaceRecoveryCodes(tx, userId, []);
    await endSessionsOf(tx, userId, bare ? { keep } : { keep, passkeyId });
    await tellOwner(tx, userId, 'passkey_removed');
    await note(tx, { act: 'factor.removed', subject: userId, detail: { factor: 'passkey' } });
  });
  logger.info({ userId }, 'passkey removed');
}
