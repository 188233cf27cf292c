import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Db, Tx } from '../../database/database.ts';
import type { Factors } from './factors.model.ts';

/** What stands beside a user's password. */
export async function findFactors(db: Db, userId: string): Promise<Factors> {
  const { passkeys, ...row } = await db
    .selectNoFrom((select) => [
      select
        .selectFrom('totp_secrets')
        .select('confirmed_at')
        .where('user_id', '=', userId)
        .as('totpSince'),
      select
        .selectFrom('recovery_codes')
        .select(({ fn }) => fn.countAll<number>().as('left'))
        .where('user_id', '=', userId)
        .where('used_at', 'is', null)
        .as('recoveryCodesLeft'),
      jsonArrayFrom(
        select
          .selectFrom('passkeys')
          .select(['id', 'name', 'created_at', 'last_used_at'])
          .where('user_id', '=', userId)
          .orderBy('id'),
      ).as('passkeys'),
    ])
    .executeTakeFirstOrThrow();
  return {
    totpSince: row.totpSince,
    recoveryCodesLeft: row.recoveryCodesLeft ?? 0,
    passkeys: passkeys.map(({ id, name, created_at, last_used_at }) => ({
      id,
      name,
      createdAt: new Date(created_at),
      lastUsedAt: last_used_at === null ? null : new Date(last_used_at),
    })),
  };
}

export async function deleteAllFactors(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('totp_secrets').where('user_id', '=', userId).execute();
  await tx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  await tx.deleteFrom('passkeys').where('user_id', '=', userId).execute();
}
