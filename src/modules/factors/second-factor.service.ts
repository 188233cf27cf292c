import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import type { Sealer } from '../../secrets/sealer.ts';
import { ShopError } from '../../shared/errors.ts';
import { noteLater } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { note } from '../../trail/trail.ts';
import { tellOwner } from '../identity/security-mail.service.ts';
import type { SecurityNotice } from '../identity/security-notices.model.ts';
import { codeBuckets, warningBucket } from './rate-limits.model.ts';
import { hashRecoveryCode } from './recovery-code.model.ts';
import { useRecoveryCode } from './recovery-code.repository.ts';
import { stepOf } from './totp.gateway.ts';
import { findTotp, useStep } from './totp.repository.ts';

export interface FactorDeps {
  readonly db: Db;
  readonly limiter: RateLimiter;
  readonly logger: Logger;
  readonly sealer: Sealer;
}

/** A code as somebody typed it: six digits of their app, or one of their recovery codes. */
export interface TypedCode {
  readonly userId: string;
  readonly code: string;
  /** The client's network address. */
  readonly address: string;
}

/**
 * Takes from the limits of guessing what one try at a code costs; returns how to give it back. Codes of six digits
 * are few, so tries at them are few too; recovery codes cannot be guessed and stay open to an owner whose other
 * limit a guesser has used up. That guesser knows the password: the owner is told.
 * @throws ShopError rate_limited.
 */
export async function takeTry(
  deps: FactorDeps,
  { userId, code, address }: TypedCode,
): Promise<() => Promise<void>> {
  try {
    return await deps.limiter.take(codeBuckets({ userId, address, digits: isAppCode(code) }));
  } catch (error) {
    deps.logger.warn({ userId }, 'second factor guessed too often');
    await warnOwner(deps, userId, 'codes_guessed');
    throw error;
  }
}

/** Tells the owner of an account that somebody tries to get into it, once a day. */
export async function warnOwner(
  { db, limiter }: FactorDeps,
  userId: string,
  notice: SecurityNotice,
): Promise<void> {
  await limiter
    .take([warningBucket(userId, notice)])
    .then(() => inTransaction(db, (tx) => tellOwner(tx, userId, notice)))
    .catch(ignoreLimit);
}

/**
 * Uses up a code of the user's second factor, in the transaction of what it opens.
 * @throws ShopError invalid_credentials (`code`) for one that is wrong or was used.
 */
export async function useCode(
  tx: Tx,
  { sealer, logger }: FactorDeps,
  { userId, code }: TypedCode,
): Promise<void> {
  if (isAppCode(code)) {
    if (await useAppCode(tx, sealer, userId, plain(code))) return;
  } else if (await useRecoveryCode(tx, userId, hashRecoveryCode(code))) {
    await tellOwner(tx, userId, 'recovery_code_used');
    await note(tx, { act: 'recovery_code.used', subject: userId, detail: {} });
    return;
  }
  logger.warn({ userId }, 'second factor refused');
  noteLater({ act: 'second_factor.failed', subject: userId, detail: {} });
  throw wrongCode();
}

async function useAppCode(tx: Tx, sealer: Sealer, userId: string, code: string): Promise<boolean> {
  const sealed = await findTotp(tx, userId);
  if (sealed === null) return false;
  const step = stepOf(sealer.open(sealed, userId), code);
  return step !== null && (await useStep(tx, userId, step));
}

function isAppCode(code: string): boolean {
  return /^\d{6}$/.test(plain(code));
}

/** Apps show codes in two halves, and people type them so. */
function plain(code: string): string {
  return code.replace(/\s/g, '');
}

export function wrongCode(): ShopError {
  const message = 'This code is not right, or was used already. Wait for the next one.';
  return new ShopError('invalid_credentials', message, { errors: [{ path: 'code', message }] });
}

function ignoreLimit(error: unknown): void {
  if (!(error instanceof ShopError)) throw error;
}
