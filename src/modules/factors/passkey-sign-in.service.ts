import type { Tx } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { invalid } from '../../shared/errors.ts';
import { noteLater } from '../../telemetry/context.ts';
import { useChallenge } from '../identity/challenge.service.ts';
import { confirmSession } from '../identity/confirmed.service.ts';
import type { User } from '../identity/identity.model.ts';
import { enterAs } from '../identity/sign-in.service.ts';
import type { Assertion, RequestOptions } from './passkey.model.ts';
import { findPasskey } from './passkey.repository.ts';
import { askPasskey, type PasskeyDeps, provePasskey } from './passkey-proof.service.ts';
import { beginAgain, firstStepOf } from './second-step.service.ts';

/** What a sign-in begins; `passkeyId` goes into its session. */
type Begin<T> = (tx: Tx, user: User, passkeyId: string) => Promise<T>;

/** Begins a sign-in in which a passkey says who it is. */
export function askSignIn(deps: PasskeyDeps): Promise<RequestOptions> {
  return askPasskey(deps, { purpose: 'passkey_sign_in', userId: null });
}

/**
 * Signs in whoever a passkey belongs to. It is all that their account asks for: a thing they have, which knows them.
 * @throws ShopError invalid_credentials.
 */
export async function signInByPasskey<T>(
  deps: PasskeyDeps,
  assertion: Assertion,
  begin: Begin<T>,
): Promise<T> {
  try {
    const asked = { purpose: 'passkey_sign_in', userId: null } as const;
    return await provePasskey(deps, asked, assertion, async (tx, user, passkeyId) => {
      deps.logger.info({ userId: user.id }, 'signed in by a passkey');
      return enterAs(tx, user, () => begin(tx, user, passkeyId));
    });
  } catch (error) {
    const passkey = await findPasskey(deps.db, assertion.id);
    noteLater({ act: 'sign_in.failed', subject: passkey?.userId ?? null, detail: {} });
    throw error;
  }
}

/** Asks for a passkey of whoever typed the right password before. @throws ShopError validation_failed without. */
export async function askSecondStep(deps: PasskeyDeps, firstStep: string): Promise<RequestOptions> {
  const userId = await firstStepOf(deps.db, firstStep);
  if (userId === null) throw invalid('', 'This sign-in took too long. Begin again.');
  return askPasskey(deps, { purpose: 'passkey_second_step', userId });
}

/**
 * The second step of a sign-in by a passkey of whoever typed the right password before.
 * @throws ShopError unauthenticated for a first step that is too long ago or was used; invalid_credentials.
 */
export async function passSecondStepByPasskey<T>(
  deps: PasskeyDeps,
  { firstStep, assertion }: { firstStep: string; assertion: Assertion },
  begin: Begin<T>,
): Promise<T> {
  const userId = await firstStepOf(deps.db, firstStep);
  if (userId === null) throw beginAgain();
  try {
    const asked = { purpose: 'passkey_second_step', userId } as const;
    const begun = await provePasskey(deps, asked, assertion, async (tx, user, passkeyId) => {
      if ((await useChallenge(tx, firstStep, 'second_step')) === null) throw beginAgain();
      return enterAs(tx, user, () => begin(tx, user, passkeyId));
    });
    deps.logger.info({ userId }, 'signed in with a passkey as second factor');
    return begun;
  } catch (error) {
    noteLater({ act: 'second_factor.failed', subject: userId, detail: {} });
    throw error;
  }
}

/** Asks for a passkey of whoever uses a session, before something dangerous. */
export function askConfirmation(deps: PasskeyDeps, principal: Principal): Promise<RequestOptions> {
  return askPasskey(deps, confirmation(principal));
}

/** Opens what asks for a recent proof to a session, by a passkey of its person. @throws ShopError invalid_credentials. */
export async function confirmByPasskey(
  deps: PasskeyDeps,
  principal: Principal,
  assertion: Assertion,
): Promise<void> {
  const subject = principal.userId;
  try {
    await provePasskey(deps, confirmation(principal), assertion, (tx) =>
      confirmSession(tx, principal.sessionId),
    );
  } catch (error) {
    noteLater({ act: 'step_up.failed', subject, detail: {} });
    throw error;
  }
  noteLater({ act: 'step_up.passed', subject, detail: {} });
}

function confirmation({ userId, sessionId }: Principal) {
  return { purpose: 'passkey_confirm', userId, sessionId } as const;
}
