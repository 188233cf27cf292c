import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { PageOf, problemsFor } from '../../http/schemas.ts';
import { type LedgerDeps, ledgerController } from './ledger.controller.ts';
import { BalanceSchema, ListTransactionsQuery, TransactionSchema } from './ledger.schemas.ts';

const common = { tags: ['Ledger'], security: [{ bearer: [] }] };

/** The ledger of money for administrators, to read: it is written by payments and refunds alone. */
export function ledgerRoutes(app: App, deps: LedgerDeps): void {
  const ledger = ledgerController(deps);
  app.get(
    '/api/ledger/balances',
    {
      config: { access: 'audit:read' },
      schema: {
        ...common,
        summary: 'The balance of every account, per currency',
        response: {
          200: Type.Object({ data: Type.Array(BalanceSchema) }),
          ...problemsFor(401, 403),
        },
      },
    },
    (request) => ledger.balances(request),
  );
  app.get(
    '/api/ledger/transactions',
    {
      config: { access: 'audit:read' },
      schema: {
        ...common,
        summary: 'List the movements of money, newest first',
        querystring: ListTransactionsQuery,
        response: { 200: PageOf(TransactionSchema), ...problemsFor(400, 401, 403) },
      },
    },
    (request) => ledger.transactions(request, request.query),
  );
}
