import type { Db } from '../../database/database.ts';
import { decimalOf } from '../../shared/money.ts';
import { accounts, firstIdAt, type LedgerTransaction } from './ledger.model.ts';
import { findBetween } from './ledger-list.repository.ts';

const BATCH = 1000;

const columns: readonly (readonly [string, (row: LedgerTransaction) => string])[] = [
  ['Time (UTC)', ({ createdAt }) => createdAt],
  ['Transaction', ({ id }) => id],
  ['Kind', ({ kind }) => kind],
  ['Order', ({ orderNumber }) => String(orderNumber)],
  ['Debit', ({ debitAccount }) => accounts[debitAccount].label],
  ['Credit', ({ creditAccount }) => accounts[creditAccount].label],
  ['Amount', ({ amount }) => decimalOf(amount)],
  ['Currency', ({ amount }) => amount.currency],
  ['Payment', ({ paymentId }) => paymentId],
  ['Refund', ({ refundId }) => refundId ?? ''],
];

/** Everything that moved from one moment until before another, oldest first, as CSV, a batch at a time. */
export async function* exportTransactions(
  db: Db,
  { from, until }: { from: Date; until: Date },
): AsyncGenerator<string> {
  const { stringify } = await import('csv-stringify/sync');
  yield stringify([columns.map(([name]) => name)]);
  const before = firstIdAt(until);
  let after: string | undefined = firstIdAt(from);
  while (after !== undefined) {
    const rows: LedgerTransaction[] = await findBetween(db, { after, before }, BATCH);
    if (rows.length > 0)
      yield stringify(rows.map((row) => columns.map(([, textOf]) => textOf(row))));
    after = rows.length === BATCH ? rows.at(-1)?.id : undefined;
  }
}
