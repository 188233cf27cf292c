import { type Db, inTransaction } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { noteLater } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { openChallenge, useChallenge } from '../identity/challenge.service.ts';
import type { OidcProvider } from './oidc.gateway.ts';
import { type Identity, NotVouched, PROVIDER_SECONDS, type RefusalReason } from './oidc.model.ts';

export interface OidcDeps {
  readonly db: Db;
  readonly logger: Logger;
  readonly provider: OidcProvider;
}

/** Who is sent to the provider: somebody to be signed in, or whoever uses a session, to show there anew who they are. */
export type Sent = null | { readonly userId: string; readonly sessionId: string };

const purposeOf = (sent: Sent) => (sent === null ? 'provider' : 'provider_confirm');

/**
 * Sends a browser to the provider: to which address, and the state by which it is known when it comes back.
 * @throws ProviderAway
 */
export async function sendToProvider(
  { db, provider }: OidcDeps,
  sent: Sent,
  next: string | undefined,
): Promise<{ url: string; state: string }> {
  await provider.reach();
  const secrets = provider.newSecrets();
  const state = await openChallenge(db, {
    purpose: purposeOf(sent),
    userId: sent?.userId ?? null,
    data: { ...secrets, session: sent?.sessionId ?? '', ...(next === undefined ? {} : { next }) },
    seconds: PROVIDER_SECONDS,
  });
  return {
    url: await provider.authorizationUrl({ ...secrets, state, anew: sent !== null }),
    state,
  };
}

/** Who came back from the provider, and where they wanted to go on to. */
export interface Returned {
  readonly identity: Identity;
  readonly next: string | undefined;
}

/**
 * Uses up what was begun in this browser, with what the provider sent back. `state` is what the browser was given to
 * keep.
 * @throws ShopError validation_failed where nothing was begun in it, or too long ago; invalid_credentials for an answer
 * that does not hold; ProviderAway.
 */
export async function receiveFromProvider(
  deps: OidcDeps,
  sent: Sent,
  { state, url }: { state: string | null; url: URL },
): Promise<Returned> {
  const begun =
    state !== null && url.searchParams.get('state') === state
      ? await inTransaction(deps.db, (tx) => useChallenge(tx, state, purposeOf(sent)))
      : null;
  const theirs =
    begun?.user_id === (sent?.userId ?? null) && begun.data.session === (sent?.sessionId ?? '');
  if (state === null || begun === null || !theirs)
    throw new ShopError('validation_failed', 'This was not begun here, or took too long.');
  const { nonce = '', verifier = '', next } = begun.data;
  // Since they were sent there, however long the provider's own steps took them.
  const within = sent === null ? null : Math.ceil(PROVIDER_SECONDS - begun.secondsLeft);
  try {
    const asked = { state, nonce, verifier, within };
    return { identity: await deps.provider.identify(url, asked), next };
  } catch (error) {
    if (!(error instanceof NotVouched)) throw error;
    throw refuse(deps, { reason: 'answer_not_valid', userId: sent?.userId, why: error.message });
  }
}

const WORDS: Readonly<Record<RefusalReason, string>> = {
  answer_not_valid: 'What the provider answered does not hold. Nothing happened: begin again.',
  email_not_verified: 'The provider has not verified your e-mail address.',
  not_staff:
    'Only people who work here sign in this way, with the address that they were invited by.',
  linked_to_another_subject:
    'Your account here is tied to another account at the provider. Untie it first, signed in by your password.',
  not_theirs: 'This is not the account at the provider that yours is tied to.',
};

/** The refusal of somebody who came by the provider; log and trail tell the reason. */
export function refuse(
  { logger }: OidcDeps,
  about: { reason: RefusalReason; userId?: string | undefined; why?: string },
): ShopError {
  const { reason, userId = null, why } = about;
  logger.warn({ userId, reason, why }, 'the word of a provider refused');
  noteLater({ act: 'provider.refused', subject: userId, detail: { reason } });
  const code = reason === 'answer_not_valid' ? 'invalid_credentials' : 'forbidden';
  return new ShopError(code, WORDS[reason]);
}
