import type { Db, Tx } from '../../database/database.ts';
import type { Factors } from './factors.model.ts';

/** What stands beside a user's password. */
export async function findFactors(db: Db, userId: string): Promise<Factors> {
  const [totp, codes, passkeys] = await Promise.all([
    db
      .selectFrom('totp_secrets')
      .select('confirmed_at')
      .where('user_id', '=', userId)
      .where('confirmed_at', 'is not', null)
      .executeTakeFirst(),
    db
      .selectFrom('recovery_codes')
      .select((select) => select.fn.countAll<string | number>().as('left'))
      .where('user_id', '=', userId)
      .where('used_at', 'is', null)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('passkeys')
      .select(['id', 'name', 'created_at as createdAt', 'last_used_at as lastUsedAt'])
      .where('user_id', '=', userId)
      .orderBy('id')
      .execute(),
  ]);
  return {
    totpSince: totp?.confirmed_at ?? null,
    recoveryCodesLeft: Number(codes.left),
    passkeys,
  };
}

export async function deleteAllFactors(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('totp_secrets').where('user_id', '=', userId).execute();
  await tx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  await tx.deleteFrom('passkeys').where('user_id', '=', userId).execute();
}
