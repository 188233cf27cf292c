import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import {
  type Account,
  accountNames,
  type Balance,
  type LedgerFilter,
  type LedgerTables,
  type LedgerTransaction,
} from './ledger.model.ts';

type Row = Selectable<LedgerTables['ledger_transactions']> & { order_number: number };

/** What every account that ever moved took and gave, per currency, in the order of the chart. */
export async function sumAccounts(db: Db): Promise<Omit<Balance, 'side' | 'balance'>[]> {
  const { rows } = await sql<Omit<Balance, 'side' | 'balance'>>`
    WITH moved AS (
      SELECT debit_account, credit_account, currency, sum(amount) AS amount
      FROM ledger_transactions GROUP BY debit_account, credit_account, currency
    ), side AS (
      SELECT debit_account AS account, currency, amount AS debit, 0 AS credit FROM moved
      UNION ALL SELECT credit_account, currency, 0, amount FROM moved
    )
    SELECT account, currency, sum(debit) AS debits, sum(credit) AS credits
    FROM side GROUP BY account, currency
    ORDER BY array_position(${accountNames}::text[], account), currency`.execute(db);
  return rows;
}

/** A page of transactions, newest first. */
export async function findTransactions(
  db: Db,
  filter: LedgerFilter,
  page: PageRequest,
): Promise<Page<LedgerTransaction>> {
  const after = lastSeenId(page);
  const where = [
    sql`true`,
    ...(after === null ? [] : [sql`id < ${after}::uuid`]),
    ...(filter.orderId === undefined ? [] : [sql`order_id = ${filter.orderId}::uuid`]),
    ...(filter.orderNumber === undefined
      ? []
      : [sql`order_id = (SELECT id FROM orders WHERE number = ${filter.orderNumber})`]),
  ];
  const rows = await newest(db, filter.account, sql.join(where, sql` AND `), page.limit + 1);
  const { data, nextCursor } = toPage(rows, page.limit, ({ id }) => [id]);
  return { data: data.map(toTransaction), nextCursor };
}

/** The transactions made between two ids, oldest first, at most `limit`. */
export async function findBetween(
  db: Db,
  range: { after: string; before: string },
  limit: number,
): Promise<LedgerTransaction[]> {
  const { rows } = await sql<Row>`
    SELECT ledger.*, orders.number AS order_number
    FROM ledger_transactions AS ledger JOIN orders ON orders.id = order_id
    WHERE ledger.id > ${range.after}::uuid AND ledger.id < ${range.before}::uuid
    ORDER BY ledger.id
    LIMIT ${limit}`.execute(db);
  return rows.map(toTransaction);
}

/** Of an account the two sides are read each in its own index's order. */
async function newest(
  db: Db,
  account: Account | undefined,
  where: RawBuilder<unknown>,
  limit: number,
): Promise<Row[]> {
  const of = (more: RawBuilder<unknown>) =>
    sql`(SELECT * FROM ledger_transactions WHERE ${where} ${more} ORDER BY id DESC LIMIT ${limit})`;
  const found =
    account === undefined
      ? of(sql``)
      : sql`${of(sql`AND debit_account = ${account}`)} UNION ALL ${of(sql`AND credit_account = ${account}`)}`;
  const { rows } = await sql<Row>`
    SELECT ledger.*, orders.number AS order_number
    FROM (${found}) AS ledger JOIN orders ON orders.id = order_id
    ORDER BY ledger.id DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}

/** The wire form of a transaction. */
function toTransaction(row: Row): LedgerTransaction {
  return {
    id: row.id,
    kind: row.kind,
    debitAccount: row.debit_account,
    creditAccount: row.credit_account,
    amount: { amount: row.amount, currency: row.currency },
    orderId: row.order_id,
    orderNumber: row.order_number,
    paymentId: row.payment_id,
    refundId: row.refund_id,
    createdAt: row.created_at.toISOString(),
  };
}
