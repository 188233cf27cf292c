import type Stripe from 'stripe';
import type { Api } from './api.ts';
import type { WriteCall } from './api-call.ts';
import { ApiError, found } from './api-error.ts';
import type { StandInContext } from './context.ts';
import { listPage } from './list.ts';
import { refund } from './refunds.ts';

const PATH = '/v1/refunds';

/** Refunds: create, retrieve, list. */
export function refundsApi(api: Api, context: StandInContext): void {
  const refunds = () => context.store.table('refunds');

  api.write(PATH, (call) => {
    const { params, tx, cause } = call;
    const asked = {
      amount: params.integer('amount'),
      reason: params.oneOf('reason', ['duplicate', 'fraudulent', 'requested_by_customer']),
      metadata: params.metadata(),
    };
    return refund(context, tx, chargeOf(context, call), asked, cause);
  });
  api.read(`${PATH}/:id`, ({ id }) => found(refunds().get(id), 'refund', id));
  api.read(PATH, ({ params }) => {
    const charge = params.text('charge');
    const intent = params.text('payment_intent');
    const wanted = [...refunds().values()].filter(
      (made) =>
        (charge === null || made.charge === charge) &&
        (intent === null || made.payment_intent === intent),
    );
    return listPage(PATH, wanted, params);
  });
}

function chargeOf({ store }: StandInContext, { params }: WriteCall): Stripe.Charge {
  const chargeId = params.text('charge');
  const intentId = params.text('payment_intent');
  if (chargeId !== null)
    return found(store.table('charges').get(chargeId), 'charge', chargeId, 'charge');
  if (intentId === null) {
    throw new ApiError(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  const intent = found(
    store.table('paymentIntents').get(intentId),
    'payment_intent',
    intentId,
    'payment_intent',
  );
  const charge = store.table('charges').get(String(intent.latest_charge));
  if (charge?.paid) return charge;
  throw new ApiError(
    `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
    { param: 'payment_intent', kept: true },
  );
}
