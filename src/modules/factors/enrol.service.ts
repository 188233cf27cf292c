import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import { lockAccount } from '../identity/account.service.ts';
import { confirmSession } from '../identity/confirmed.service.ts';
import { endSessionsOf } from '../identity/own-sessions.service.ts';
import { tellOwner } from '../identity/security-mail.service.ts';
import type { Factors } from './factors.model.ts';
import { deleteAllFactors, findFactors } from './factors.repository.ts';
import { qrCodeSvg } from './qr-code.gateway.ts';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-code.model.ts';
import { replaceRecoveryCodes } from './recovery-code.repository.ts';
import { type FactorDeps, takeTry } from './second-factor.service.ts';
import { enrolmentUri, newTotpSecret, readableSecret, stepOf } from './totp.gateway.ts';
import { confirmTotp, deleteTotp, findPendingTotp, insertPendingTotp } from './totp.repository.ts';

/** What stands beside a user's password. */
export function factorsOf(db: Db, userId: string): Promise<Factors> {
  return findFactors(db, userId);
}

/** What somebody needs to have their app make codes; shown until they typed one. */
export interface Enrolment {
  /** The secret in base 32, for typing. */
  readonly secret: string;
  /** The same as a picture: markup of an SVG image. */
  readonly qrCode: string;
}

/** Begins to set up codes of an app. @throws ShopError conflict where they are set up. */
export async function beginTotp({ db, sealer }: FactorDeps, { userId }: Principal): Promise<void> {
  const sealed = sealer.seal(newTotpSecret(), userId);
  const begun = await inTransaction(db, async (tx) => {
    await lockAccount(tx, userId);
    return insertPendingTotp(tx, userId, sealed);
  });
  if (!begun) throw new ShopError('conflict', 'Codes are set up already. Switch them off first.');
}

/** What was begun within ten minutes, or null. */
export async function pendingTotp(
  { db, sealer }: FactorDeps,
  { userId, email }: Principal,
): Promise<Enrolment | null> {
  const sealed = await findPendingTotp(db, userId);
  if (sealed === null) return null;
  const secret = sealer.open(sealed, userId);
  return { secret: readableSecret(secret), qrCode: qrCodeSvg(enrolmentUri(secret, email)) };
}

/**
 * Takes an app into use with its first code, and ends the other sessions, which were opened without one.
 * @returns the recovery codes, which are shown now and never again.
 * @throws ShopError validation_failed (`code`); conflict where nothing waits to be confirmed; rate_limited.
 */
export async function confirmTotpBy(
  deps: FactorDeps,
  principal: Principal,
  { code, address }: { code: string; address: string },
): Promise<readonly string[]> {
  const { userId } = principal;
  const giveBack = await takeTry(deps, { userId, code, address });
  const codes = await inTransaction(deps.db, async (tx) => {
    await lockAccount(tx, userId);
    const sealed = await findPendingTotp(tx, userId);
    if (sealed === null)
      throw new ShopError('conflict', 'Setting up took longer than ten minutes. Begin again.');
    const step = stepOf(deps.sealer.open(sealed, userId), code.replace(/\s/g, ''));
    if (step === null) throw invalid('code', 'This is not the code that the app shows now.');
    const before = await findFactors(tx, userId);
    await confirmTotp(tx, userId, step);
    await tellOwner(tx, userId, 'totp_added');
    return strengthen(tx, principal, 'totp', before);
  });
  await giveBack();
  deps.logger.info({ userId }, 'second factor added');
  return codes;
}

/** Switches the codes of an app off, and the recovery codes with them where nothing else needs them. */
export async function removeTotp({ db, logger }: FactorDeps, principal: Principal): Promise<void> {
  const { userId, sessionId } = principal;
  const removed = await inTransaction(db, async (tx) => {
    await lockAccount(tx, userId);
    if (!(await deleteTotp(tx, userId))) return false;
    const { passkeys } = await findFactors(tx, userId);
    if (passkeys.length === 0) await replaceRecoveryCodes(tx, userId, []);
    await endSessionsOf(tx, userId, { keep: sessionId });
    await tellOwner(tx, userId, 'totp_removed');
    await note(tx, { act: 'factor.removed', subject: userId, detail: { factor: 'totp' } });
    return true;
  });
  if (removed) logger.info({ userId }, 'second factor removed');
}

/** Makes new recovery codes in place of the old. @throws ShopError conflict without a second factor. */
export async function renewRecoveryCodes(
  { db, logger }: FactorDeps,
  { userId }: Principal,
): Promise<readonly string[]> {
  const codes = newRecoveryCodes();
  await inTransaction(db, async (tx) => {
    await lockAccount(tx, userId);
    const { totpSince, passkeys } = await findFactors(tx, userId);
    if (totpSince === null && passkeys.length === 0)
      throw new ShopError(
        'conflict',
        'Recovery codes stand in for a second factor. Add one first.',
      );
    await replaceRecoveryCodes(tx, userId, codes.map(hashRecoveryCode));
    await tellOwner(tx, userId, 'recovery_codes_renewed');
    await note(tx, { act: 'recovery_codes.renewed', subject: userId, detail: {} });
  });
  logger.info({ userId }, 'recovery codes renewed');
  return codes;
}

/**
 * Removes whatever stands beside a user's password, in the transaction of what makes the account another person's or
 * nobody's: whoever had it before keeps no way in.
 */
export async function removeFactors(tx: Tx, userId: string): Promise<void> {
  await deleteAllFactors(tx, userId);
}

/**
 * What follows from a factor that was added: the first ends the other sessions, which were opened without one, and
 * its owner has recovery codes.
 */
export async function strengthen(
  tx: Tx,
  { userId, sessionId }: Principal,
  factor: 'totp' | 'passkey',
  before: Factors,
): Promise<readonly string[]> {
  if (before.totpSince === null && before.passkeys.length === 0)
    await endSessionsOf(tx, userId, { keep: sessionId });
  await confirmSession(tx, sessionId);
  const codes = before.recoveryCodesLeft > 0 ? [] : newRecoveryCodes();
  if (codes.length > 0) await replaceRecoveryCodes(tx, userId, codes.map(hashRecoveryCode));
  await note(tx, { act: 'factor.added', subject: userId, detail: { factor } });
  return codes;
}
