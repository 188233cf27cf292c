import { inTransaction, type Tx } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import { userFor } from '../identity/account.service.ts';
import { openChallenge, useChallenge } from '../identity/challenge.service.ts';
import type { ChallengePurpose, User } from '../identity/identity.model.ts';
import { challengeIn, ownerIn, requestOptions, verifyAssertion } from './passkey.gateway.ts';
import {
  type Assertion,
  PASSKEY_SECONDS,
  type RelyingParty,
  type RequestOptions,
} from './passkey.model.ts';
import { findCredentials, findPasskey, moveCounter } from './passkey.repository.ts';
import { type FactorDeps, warnOwner } from './second-factor.service.ts';

export interface PasskeyDeps extends FactorDeps {
  readonly relyingParty: RelyingParty;
}

/** What a passkey is asked to prove, and of whom; an answer counts for this alone. */
export interface Asked {
  readonly purpose: ChallengePurpose;
  /** null: of whoever it belongs to. */
  readonly userId: string | null;
  /** The session that it is for. */
  readonly sessionId?: string;
}

/** An answer that is right. */
interface Proof {
  readonly passkeyId: string;
  readonly userId: string;
  readonly counter: number;
}

/** Asks for an answer by a passkey, once, within five minutes. */
export async function askPasskey(
  { db, relyingParty }: PasskeyDeps,
  { purpose, userId, sessionId }: Asked,
): Promise<RequestOptions> {
  const data = { session: sessionId ?? '' };
  const challenge = await openChallenge(db, { purpose, userId, data, seconds: PASSKEY_SECONDS });
  const known = userId === null ? [] : await findCredentials(db, userId);
  return requestOptions(relyingParty, challenge, known);
}

/**
 * Does what a right answer by a passkey opens, in the transaction that notes the answer.
 * @throws ShopError invalid_credentials, whatever is wrong with the answer.
 */
export async function provePasskey<T>(
  deps: PasskeyDeps,
  asked: Asked,
  assertion: Assertion,
  open: (tx: Tx, user: User, passkeyId: string) => Promise<T>,
): Promise<T> {
  const proof = await check(deps, asked, assertion);
  const outcome = await inTransaction(deps.db, async (tx) => {
    // The user before the passkey, as everybody who removes one does.
    const user = await userFor(tx, proof.userId);
    if (!(await moveCounter(tx, proof.passkeyId, proof.counter))) return null;
    return { opened: await open(tx, user, proof.passkeyId) };
  });
  if (outcome !== null) return outcome.opened;
  await tellOfCopy(deps, proof.userId, assertion.id);
  throw refused();
}

/** Uses up the challenge that is answered, whatever comes of it, and checks the answer. */
async function check(deps: PasskeyDeps, asked: Asked, assertion: Assertion): Promise<Proof> {
  await useChallengeOf(deps, asked, assertion);
  const passkey = await findPasskey(deps.db, assertion.id);
  const owner = ownerIn(assertion);
  const theirs =
    passkey !== null &&
    (asked.userId === null || asked.userId === passkey.userId) &&
    (owner === null || owner === passkey.userId);
  if (!theirs) throw refusedBy(deps, 'it is not a passkey of theirs');
  const { id: passkeyId, userId } = passkey;
  try {
    const challenge = challengeIn(assertion) ?? '';
    const counter = await verifyAssertion(deps.relyingParty, passkey, assertion, challenge);
    return { passkeyId, userId, counter };
  } catch (error) {
    throw refusedBy(deps, reasonOf(error));
  }
}

/**
 * Uses up the challenge that an authenticator answers: no answer counts twice.
 * @throws ShopError invalid_credentials for one that was not asked, or not for this.
 */
export async function useChallengeOf(
  deps: PasskeyDeps,
  { purpose, userId, sessionId = '' }: Asked,
  answer: { readonly clientDataJSON: string },
): Promise<string> {
  const challenge = challengeIn(answer);
  if (challenge === null) throw refusedBy(deps, 'it answers nothing');
  const used = await inTransaction(deps.db, (tx) => useChallenge(tx, challenge, purpose));
  if (used === null || used.user_id !== userId || used.data.session !== sessionId)
    throw refusedBy(deps, 'it answers what was not asked, or too long ago');
  return challenge;
}

/** Two authenticators with one passkey: its owner is told, and the trail tells it. */
async function tellOfCopy(deps: PasskeyDeps, userId: string, credentialId: string): Promise<void> {
  if ((await findPasskey(deps.db, credentialId)) === null) return;
  deps.logger.warn({ userId }, 'the counter of a passkey went back');
  await warnOwner(deps, userId, 'passkey_copied');
  await inTransaction(deps.db, (tx) =>
    note(tx, { act: 'passkey.counter_went_back', subject: userId, detail: {} }),
  );
}

/** The refusal of an answer; what is wrong with it is for the log alone. */
export function refusedBy({ logger }: PasskeyDeps, reason: string): ShopError {
  logger.warn({ reason }, 'passkey refused');
  return refused();
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}

function refused(): ShopError {
  const message = 'This passkey was not accepted. Try again, or sign in another way.';
  return new ShopError('invalid_credentials', message);
}
