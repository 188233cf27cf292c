import type { Db, Tx } from '../../database/database.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import {
  accounts,
  type Balance,
  type LedgerFilter,
  type LedgerTransaction,
} from './ledger.model.ts';
import { insertCaptures, insertLacking, insertRefundMoves } from './ledger.repository.ts';
import { findTransactions, sumAccounts } from './ledger-list.repository.ts';

/**
 * Posts captured payments: money came in, for the order or, where it settled none, as the customer's own. In the
 * transaction that captures; a payment that is posted already stays as it is.
 */
export function postPayments(tx: Tx, ids: readonly string[]): Promise<void> {
  return insertCaptures(tx, ids);
}

/**
 * Posts what refunds moved, by the state they are in: money set aside, then gone or put back. In the transaction
 * that changes them; what is posted already stays as it is.
 */
export function postRefunds(tx: Tx, ids: readonly string[]): Promise<void> {
  return insertRefundMoves(tx, ids);
}

/**
 * Posts what a version of the shop without a ledger, running beside this one or in between, left unposted; returns
 * how many movements. Looks at what changed in the last hours, or (null) at everything. Any number may run at once.
 */
export async function postMissing(
  { db, logger, metrics }: { db: Db; logger: Logger; metrics: Metrics },
  since: { hours: number } | null,
): Promise<number> {
  const posted = await insertLacking(db, since);
  metrics.ledgerRepaired.inc(posted);
  if (posted > 0) logger.warn({ posted }, 'movements that the ledger lacked were posted');
  return posted;
}

/** Every account that ever moved, per currency, in the order of the chart. Summed anew, so that no row is waited for. */
export async function listBalances(db: Db): Promise<Balance[]> {
  return (await sumAccounts(db)).map((sums) => {
    const { side } = accounts[sums.account];
    const excess = sums.debits - sums.credits;
    return { ...sums, side, balance: side === 'debit' ? excess : -excess };
  });
}

/** A page of transactions, newest first. */
export function listTransactions(
  db: Db,
  filter: LedgerFilter,
  page: PageRequest,
): Promise<Page<LedgerTransaction>> {
  return findTransactions(db, filter, page);
}
