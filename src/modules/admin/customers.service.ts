import type { Db } from '../../database/database.ts';
import { notFound } from '../../shared/errors.ts';
import type { Money } from '../../shared/money.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { UserRole } from '../../shared/permissions.ts';
import { type CustomerRow, findCustomers, spentBy } from './customers.repository.ts';

export interface Customer {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly orders: number;
  /** Paid less refunded; one amount for each currency. */
  readonly spent: readonly Money[];
  readonly createdAt: string;
}

/** Everybody with an account, the newest first; `query` is part of an e-mail address. */
export async function listCustomers(
  db: Db,
  filter: { query?: string | undefined },
  { limit, cursor }: PageRequest,
): Promise<Page<Customer>> {
  const after = lastSeenId({ cursor });
  const page = toPage(await findCustomers(db, filter, { limit, after }), limit, (row) => [row.id]);
  return { data: await withSpent(db, page.data), nextCursor: page.nextCursor };
}

/** One account. @throws ShopError not_found. */
export async function getCustomer(db: Db, id: string): Promise<Customer> {
  const [customer] = await withSpent(
    db,
    await findCustomers(db, { id }, { limit: 1, after: null }),
  );
  if (!customer) throw notFound('The customer');
  return customer;
}

async function withSpent(db: Db, rows: readonly CustomerRow[]): Promise<Customer[]> {
  const spent = Map.groupBy(
    await spentBy(
      db,
      rows.map(({ id }) => id),
    ),
    (row) => row.customer_id,
  );
  return rows.map(({ created_at, ...row }) => ({
    ...row,
    spent: (spent.get(row.id) ?? []).map(({ amount, currency }) => ({ amount, currency })),
    createdAt: created_at.toISOString(),
  }));
}
