import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { PENDING_SECONDS } from './factors.model.ts';

/** Keeps a secret until its owner types a code of it; false where they have a confirmed one. */
export async function insertPendingTotp(tx: Tx, userId: string, sealed: Buffer): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('totp_secrets')
    .values({ user_id: userId, secret: sealed, confirmed_at: null })
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet({ secret: sealed, created_at: sql<Date>`now()`, last_step: 0 })
        .where('totp_secrets.confirmed_at', 'is', null),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** The sealed secret that waits to be confirmed, or null. */
export async function findPendingTotp(db: Db, userId: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom('totp_secrets')
    .select('secret')
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is', null)
    .where('created_at', '>', sql<Date>`now() - make_interval(secs => ${PENDING_SECONDS})`)
    .executeTakeFirst();
  return row?.secret ?? null;
}

/** Takes a secret into use with the step of the code that confirmed it; false when it was or has expired. */
export async function confirmTotp(tx: Tx, userId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('totp_secrets')
    .set({ confirmed_at: sql<Date>`now()`, last_step: step })
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is', null)
    .where('created_at', '>', sql<Date>`now() - make_interval(secs => ${PENDING_SECONDS})`)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The sealed secret in use, or null. */
export async function findTotp(db: Db, userId: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom('totp_secrets')
    .select('secret')
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  return row?.secret ?? null;
}

/** Uses up a code's time step and all before it; false when one as new was used: no code is taken twice. */
export async function useStep(tx: Tx, userId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('totp_secrets')
    .set({ last_step: step })
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .where('last_step', '<', step)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Removes a user's secret; false when there was none in use. */
export async function deleteTotp(tx: Tx, userId: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('totp_secrets')
    .where('user_id', '=', userId)
    .returning('confirmed_at')
    .executeTakeFirst();
  return row !== undefined && row.confirmed_at !== null;
}
