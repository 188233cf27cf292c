import type Stripe from 'stripe';
import type { Api } from './api.ts';
import { ApiError, found } from './api-error.ts';
import type { StandInContext } from './context.ts';
import { listPage } from './list.ts';

const PATH = '/v1/payment_intents';

/** Payment intents: retrieve, list, and cancel as far as Stripe lets a Checkout session's be canceled. */
export function paymentIntentsApi(api: Api, context: StandInContext): void {
  const intents = () => context.store.table('paymentIntents');
  const intent = (id: string) => found(intents().get(id), 'payment_intent', id, 'intent');

  api.read(`${PATH}/:id`, ({ id }) => intent(id));
  api.read(PATH, ({ params }) => listPage(PATH, intents().values(), params));
  api.write(`${PATH}/:id/cancel`, ({ id, params }) => {
    params.oneOf('cancellation_reason', [
      'abandoned',
      'duplicate',
      'fraudulent',
      'requested_by_customer',
    ]);
    throw cannotCancel(intent(id));
  });
}

// Every intent here belongs to a Checkout session, and Stripe cancels those only through their session.
// Source: docs.stripe.com/api/payment_intents/cancel.
function cannotCancel(intent: Stripe.PaymentIntent): ApiError {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    return new ApiError(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
      { code: 'payment_intent_unexpected_state', kept: true },
    );
  }
  return new ApiError(
    'You cannot cancel a PaymentIntent created by Checkout. Expire the Checkout Session that created it instead.',
    { kept: true },
  );
}
