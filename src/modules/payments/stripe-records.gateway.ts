import type Stripe from 'stripe';
import type { Guard } from '../../resilience/guard.ts';
import { type StripeConfig, StripeRefusal, sorted } from './stripe.gateway.ts';
import { createStripeClient, isOfStripe } from './stripe-client.gateway.ts';
import type { PageAsk, RecordPage, StripeRecords } from './stripe-records.model.ts';

/** The most that Stripe gives at once. */
const PAGE = 100;
const WITH_CHARGE = { expand: ['latest_charge'] };

/** Reads Stripe's lists a page at a time. @throws ShopError payment_provider_unavailable from every method. */
export function createStripeRecords(config: StripeConfig, guard: Guard): StripeRecords {
  const stripe = createStripeClient(config, guard.tryMs);
  const calling = <T>(operation: string, call: () => Promise<T>): Promise<T> =>
    sorted(() => guard.call(operation, call));
  const page = <T>(operation: string, call: () => Promise<Stripe.ApiList<T>>) =>
    orNull<RecordPage<T>>(async () => {
      const { data, has_more: hasMore } = await calling(operation, call);
      return { data, hasMore };
    });
  return {
    events: (types, ask) =>
      page('event.list', () => stripe().events.list({ ...within(ask), types: [...types] })),
    intents: (ask) =>
      page('payment_intent.list', () =>
        stripe().paymentIntents.list({ ...within(ask), expand: ['data.latest_charge'] }),
      ),
    refunds: (ask) => page('refund.list', () => stripe().refunds.list(within(ask))),
    openSessions: (ask) =>
      page('session.list', () =>
        stripe().checkout.sessions.list({ ...within(ask), status: 'open' }),
      ),
    intent: (id) =>
      orNull(() =>
        calling('payment_intent.retrieve', () => stripe().paymentIntents.retrieve(id, WITH_CHARGE)),
      ),
    refund: (id) => orNull(() => calling('refund.retrieve', () => stripe().refunds.retrieve(id))),
  };
}

function within({ from, to, after }: PageAsk) {
  return {
    created: { gte: seconds(from), lte: seconds(to) },
    limit: PAGE,
    ...(after === null ? {} : { starting_after: after }),
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** null where Stripe says that what was named does not exist. */
async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const { cause } = error as Error;
    const missing =
      error instanceof StripeRefusal && isOfStripe(cause) && cause.code === 'resource_missing';
    if (!missing) throw error;
    return null;
  }
}
