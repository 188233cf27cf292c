import type { Db, Tx } from '../../database/database.ts';
import type { Identity } from './oidc.model.ts';

/** Whose account a subject of a provider is, or null. */
export async function findLinked(
  db: Db,
  { issuer, subject }: Pick<Identity, 'issuer' | 'subject'>,
): Promise<string | null> {
  const row = await db
    .selectFrom('provider_accounts')
    .select('user_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.user_id ?? null;
}

/** Ties an account to a subject; false where either is tied otherwise. */
export async function insertLink(
  tx: Tx,
  userId: string,
  { issuer, subject }: Pick<Identity, 'issuer' | 'subject'>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('provider_accounts')
    .values({ issuer, subject, user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Since when an account is tied to a subject of a provider, or null. */
export async function findLinkOf(db: Db, userId: string, issuer: string): Promise<Date | null> {
  const row = await db
    .selectFrom('provider_accounts')
    .select('created_at')
    .where('user_id', '=', userId)
    .where('issuer', '=', issuer)
    .executeTakeFirst();
  return row?.created_at ?? null;
}

/** Unties an account from every provider. */
export async function deleteLinks(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('provider_accounts').where('user_id', '=', userId).execute();
}

/** Unties an account from a provider; false where it was not tied. */
export async function deleteLinkOf(tx: Tx, userId: string, issuer: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('provider_accounts')
    .where('user_id', '=', userId)
    .where('issuer', '=', issuer)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
