import type { Static } from 'typebox';
import type { Db } from '../../database/database.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import type { ListTransactionsQuery } from './ledger.schemas.ts';
import { listBalances, listTransactions } from './ledger.service.ts';

export interface LedgerDeps {
  readonly db: Db;
}

export function ledgerController({ db }: LedgerDeps) {
  return {
    async balances() {
      return { data: await listBalances(db) };
    },

    transactions: ({
      limit = DEFAULT_LIMIT,
      cursor,
      ...filter
    }: Static<typeof ListTransactionsQuery>) => listTransactions(db, filter, { limit, cursor }),
  };
}
