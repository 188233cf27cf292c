import type { Api } from './api.ts';
import { found } from './api-error.ts';
import type { StandInContext } from './context.ts';
import { listPage } from './list.ts';

/** Charges and the balance transactions behind them: retrieve and list. */
export function chargesApi(api: Api, context: StandInContext): void {
  const charges = () => context.store.table('charges');
  const entries = () => context.store.table('balanceTransactions');

  api.read('/v1/charges/:id', ({ id }) => found(charges().get(id), 'charge', id));
  api.read('/v1/charges', ({ params }) => {
    const intent = params.text('payment_intent');
    const wanted = [...charges().values()].filter(
      (charge) => intent === null || charge.payment_intent === intent,
    );
    return listPage('/v1/charges', wanted, params);
  });
  api.read('/v1/balance_transactions/:id', ({ id }) =>
    found(entries().get(id), 'balance_transaction', id),
  );
}
