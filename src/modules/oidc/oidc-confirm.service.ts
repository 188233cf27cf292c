import { inTransaction } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { noteLater } from '../../telemetry/context.ts';
import { lockAccount } from '../identity/account.service.ts';
import { asksSecondFactor, confirmSession } from '../identity/confirmed.service.ts';
import type { Identity } from './oidc.model.ts';
import { findLinked, findLinkOf } from './oidc.repository.ts';
import { type OidcDeps, refuse } from './oidc-flow.service.ts';

/** Whether somebody can show at the provider that it is they: their account is tied there, and asks for nothing more. */
export async function canConfirm({ db, provider }: OidcDeps, userId: string): Promise<boolean> {
  if ((await findLinkOf(db, userId, provider.issuer)) === null) return false;
  return !(await asksSecondFactor(db, userId));
}

/**
 * Opens what asks for a recent proof to a session, as its person has just shown at the provider who they are.
 * @throws ShopError forbidden where it is somebody else, or the account asks for a second factor, which the provider's
 * word never stands for.
 */
export async function confirmByProvider(
  deps: OidcDeps,
  { userId, sessionId }: Principal,
  identity: Identity,
): Promise<void> {
  const subject = userId;
  try {
    await inTransaction(deps.db, async (tx) => {
      await lockAccount(tx, userId);
      if ((await findLinked(tx, identity)) !== userId)
        throw refuse(deps, { reason: 'not_theirs', userId });
      if (await asksSecondFactor(tx, userId))
        throw new ShopError(
          'forbidden',
          'Your account asks for its second factor: confirm by that.',
        );
      await confirmSession(tx, sessionId);
    });
  } catch (error) {
    noteLater({ act: 'step_up.failed', subject, detail: {} });
    throw error;
  }
  noteLater({ act: 'step_up.passed', subject, detail: {} });
}
