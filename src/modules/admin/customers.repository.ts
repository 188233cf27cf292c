import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import type { UserRole } from '../../shared/permissions.ts';

export interface CustomerRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly created_at: Date;
  readonly orders: number;
}

/** Users with their number of orders, the newest first, one more than asked for; counted for the shown ones only. */
export async function findCustomers(
  db: Db,
  { query, id }: { query?: string | undefined; id?: string | undefined },
  { limit, after }: { limit: number; after: string | null },
): Promise<CustomerRow[]> {
  const pattern =
    query === undefined ? null : `%${query.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return db
    .selectFrom('users')
    .select(['id', 'email', 'name', 'role', 'created_at'])
    .select((eb) =>
      eb
        .selectFrom('orders')
        .select(sql<number>`count(*)::int`.as('orders'))
        .whereRef('orders.customer_id', '=', 'users.id')
        .$asScalar()
        .$notNull()
        .as('orders'),
    )
    .$if(id !== undefined, (users) => users.where('id', '=', id ?? ''))
    .$if(pattern !== null, (users) => users.where('email', 'like', pattern))
    .$if(after !== null, (users) => users.where('id', '<', after))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
}

/** What customers paid and kept paid, by currency. */
export async function spentBy(
  db: Db,
  customerIds: readonly string[],
): Promise<{ customer_id: string; currency: string; amount: number }[]> {
  if (customerIds.length === 0) return [];
  return db
    .selectFrom('orders')
    .select([
      'customer_id',
      'currency',
      sql<number>`sum(total - refunded_total)::bigint`.as('amount'),
    ])
    .where('customer_id', 'in', customerIds)
    .where('status', 'in', ['paid', 'fulfilled', 'delivered'])
    .groupBy(['customer_id', 'currency'])
    .orderBy('currency')
    .execute();
}
