import { sql } from 'kysely';
import type { Tx } from '../../database/database.ts';
import { erasedEmailOf } from '../../shared/erased.ts';

/** What belongs to an account and goes with its person; refresh tokens go with their sessions. */
const OWNED = ['sessions', 'password_resets', 'challenges'] as const;

/** Empties an account and removes all that signs in to it. */
export async function anonymise(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  for (const table of OWNED)
    await sql`DELETE FROM ${sql.table(table)} WHERE user_id = ${userId}`.execute(tx);
  await tx
    .updateTable('users')
    .set({
      email: erasedEmailOf(userId),
      name: '',
      password_hash: passwordHash,
      updated_at: sql<Date>`now()`,
    })
    .where('id', '=', userId)
    .execute();
}
