import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { userFor } from '../identity/account.service.ts';
import { readChallenge, useChallenge } from '../identity/challenge.service.ts';
import type { User } from '../identity/identity.model.ts';
import { enterAs } from '../identity/sign-in.service.ts';
import { type FactorDeps, takeTry, useCode } from './second-factor.service.ts';

/**
 * The second step of a sign-in: a code of whoever typed the right password before. Does what `begin` begins.
 * @throws ShopError unauthenticated for a first step that is too long ago or was used; invalid_credentials; rate_limited.
 */
export async function passSecondStep<T>(
  deps: FactorDeps,
  { challenge, code, address }: { challenge: string; code: string; address: string },
  begin: (tx: Tx, user: User) => Promise<T>,
): Promise<T> {
  const userId = await firstStepOf(deps.db, challenge);
  if (userId === null) throw beginAgain();
  const typed = { userId, code, address };
  const giveBack = await takeTry(deps, typed);
  const result = await inTransaction(deps.db, async (tx) => {
    // The user before the challenge, as everybody who ends challenges does.
    const user = await userFor(tx, userId);
    if ((await useChallenge(tx, challenge, 'second_step')) === null) throw beginAgain();
    await useCode(tx, deps, typed);
    return enterAs(tx, user, begin);
  });
  await giveBack();
  deps.logger.info({ userId }, 'signed in with a second factor');
  return result;
}

/** Who typed the right password before; null where that is too long ago or was used. */
export async function firstStepOf(db: Db, challenge: string): Promise<string | null> {
  return (await readChallenge(db, challenge, 'second_step'))?.user_id ?? null;
}

/** The refusal of a second step without a first. */
export function beginAgain(): ShopError {
  return new ShopError('unauthenticated', 'This sign-in took too long. Begin again.');
}
