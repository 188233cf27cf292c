import type { Static } from 'typebox';
import type { Reads } from '../../database/replicas/reads.ts';
import type { Request } from '../../http/app-type.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import type { ListTransactionsQuery } from './ledger.schemas.ts';
import { listBalances, listTransactions } from './ledger.service.ts';

export interface LedgerDeps {
  readonly reads: Reads;
}

export function ledgerController({ reads }: LedgerDeps) {
  return {
    async balances(request: Request) {
      return { data: await reads.at(request.since, listBalances) };
    },

    transactions: (
      request: Request,
      { limit = DEFAULT_LIMIT, cursor, ...filter }: Static<typeof ListTransactionsQuery>,
    ) => reads.at(request.since, (from) => listTransactions(from, filter, { limit, cursor })),
  };
}
