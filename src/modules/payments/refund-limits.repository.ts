import { sql } from 'kysely';
import type { Tx } from '../../database/database.ts';
import type { UserRole } from '../../shared/permissions.ts';

/** Somebody who refunds: whoever is signed in, or the maker of the key that acts. */
export interface Spender {
  readonly id: string;
  readonly role: UserRole;
  /** In minor units by currency, within 24 hours; null: without a limit. */
  readonly limits: Readonly<Record<string, number>> | null;
}

/** Who refunds, under their lock: their refunds are counted one after the other. */
export async function lockSpender(tx: Tx, actorId: string): Promise<Spender | null> {
  const row = await tx
    .selectFrom('users')
    .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
    .select(['users.id', 'users.role', 'staff_roles.refund_limits as limits'])
    .where(
      'users.id',
      '=',
      sql<string>`coalesce((SELECT maker_id FROM api_keys WHERE id = ${actorId}), ${actorId})`,
    )
    .forNoKeyUpdate('users')
    .executeTakeFirst();
  return row ?? null;
}

/** What somebody refunded in the last 24 hours, also by keys of theirs; a refund that failed counts for nothing. */
export async function refundedToday(tx: Tx, spenderId: string, currency: string): Promise<number> {
  const { spent } = await tx
    .selectFrom('refunds')
    .select(sql<number>`coalesce(sum(amount), 0)::bigint`.as('spent'))
    .where('origin', '=', 'admin')
    .where('status', '<>', 'failed')
    .where('currency', '=', currency)
    .where('created_at', '>', sql<Date>`now() - interval '24 hours'`)
    .where(
      sql<boolean>`actor_id IN (SELECT ${spenderId}::uuid UNION ALL SELECT id FROM api_keys WHERE maker_id = ${spenderId})`,
    )
    .executeTakeFirstOrThrow();
  return spent;
}
