import type { Principal } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { noteLater } from '../../telemetry/context.ts';
import { asksSecondFactor, confirmByPassword } from '../identity/confirmed.service.ts';
import { type FactorDeps, takeTry, useCode } from './second-factor.service.ts';

/**
 * Has whoever uses a session prove again that it is they: by the password, and a code where their account asks for
 * one. What asks for a recent proof is open for ten minutes then.
 * @throws ShopError validation_failed (`password`); second_factor_required without a code; invalid_credentials
 * (`code`); rate_limited.
 */
export async function confirmIdentity(
  deps: FactorDeps,
  principal: Principal,
  given: Given,
): Promise<void> {
  const subject = principal.userId;
  try {
    await prove(deps, principal, given);
  } catch (error) {
    noteLater({ act: 'step_up.failed', subject, detail: {} });
    throw error;
  }
  noteLater({ act: 'step_up.passed', subject, detail: {} });
}

interface Given {
  readonly password: string;
  readonly code: string | undefined;
  readonly address: string;
}

async function prove(deps: FactorDeps, principal: Principal, given: Given): Promise<void> {
  const { userId } = principal;
  const { password, address } = given;
  if (!(await asksSecondFactor(deps.db, userId))) {
    await confirmByPassword(deps, principal, { password, proveMore: refuse });
    return;
  }
  const code = given.code?.trim();
  if (!code) return refuse();
  const typed = { userId, code, address };
  const giveBack = await takeTry(deps, typed);
  await confirmByPassword(deps, principal, {
    password,
    proveMore: (tx) => useCode(tx, deps, typed),
  });
  await giveBack();
}

async function refuse(): Promise<never> {
  const message = 'Type a code of your second factor too.';
  throw new ShopError('second_factor_required', message, { errors: [{ path: 'code', message }] });
}
