import type Stripe from 'stripe';
import { CallTimeout, DependencyUnavailable } from '../../resilience/failure.ts';
import type { Guard } from '../../resilience/guard.ts';
import { ShopError } from '../../shared/errors.ts';
import { createStripeClient, isOfStripe, isRefusal } from './stripe-client.gateway.ts';

/** A checkout session to open, priced by the server. */
export interface SessionRequest {
  /** Our own row: makes the provider's idempotency key and comes back in every event. */
  readonly checkoutId: string;
  readonly orderId: string;
  readonly orderNumber: number;
  readonly email: string;
  readonly currency: string;
  /** Unit amounts in minor units. */
  readonly lines: readonly { title: string; unitAmount: number; quantity: number }[];
  readonly expiresAt: Date;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface OpenedSession {
  readonly sessionId: string;
  readonly url: string;
  readonly expiresAt: Date;
}

export interface ProviderRefund {
  readonly providerRefundId: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
}

/** What the shop asks of Stripe. Each creating call carries an idempotency key made from our own row's id. */
export interface StripeGateway {
  openSession(request: SessionRequest): Promise<OpenedSession>;
  closeSession(sessionId: string): Promise<void>;
  /** The session made for a checkout of ours about then, or null: for when its key may be forgotten. */
  findSession(checkout: { id: string; askedAt: Date }): Promise<OpenedSession | null>;
  refund(request: {
    refundId: string;
    paymentIntent: string;
    amount: number;
  }): Promise<ProviderRefund>;
  /** The refund that carries our id, or null: for when its key may be forgotten. */
  findRefund(refund: { refundId: string; paymentIntent: string }): Promise<ProviderRefund | null>;
  /** Whether the key moves real money; only events of the same mode concern it. */
  readonly mode: 'live' | 'test';
  /** @throws ShopError validation_failed when the signature is not Stripe's or older than five minutes. */
  verifyEvent(body: Buffer, signature: string): Stripe.Event;
}

/** Stripe keeps an idempotency key for 24 hours at least; a little less, for clocks that differ. */
const KEY_KEPT_MS = 23 * 3600 * 1000;

/** Whether Stripe may have forgotten the key of what it was first asked then, so that it must be looked for. */
export function mayBeForgotten(firstAsked: Date): boolean {
  return Date.now() - firstAsked.getTime() > KEY_KEPT_MS;
}

/** Stripe said no for good (a 4xx that a retry will not change). */
export class StripeRefusal extends Error {}

/** Within so many seconds of its row a session is made, or never: its end would be too near. */
const SESSION_MADE_WITHIN_SECONDS = 3600;

/** Read anew whenever they are needed: secrets are rolled while the shop runs. */
export interface StripeConfig {
  readonly secretKey: string;
  /** One, or the current and the previous while it is rolled. */
  readonly webhookSecrets: readonly string[];
  /** null: Stripe itself. */
  readonly apiBase: string | null;
}

export function createStripeGateway(config: StripeConfig, guard: Guard): StripeGateway {
  const stripe = createStripeClient(config, guard.tryMs);
  const calling = <T>(operation: string, call: () => Promise<T>): Promise<T> =>
    sorted(() => guard.call(operation, call));
  return {
    get mode() {
      return /^(sk|rk)_live_/.test(config.secretKey) ? 'live' : 'test';
    },

    async openSession(request) {
      const metadata = { order_id: request.orderId, checkout_id: request.checkoutId };
      const session = await calling('session.create', () =>
        stripe().checkout.sessions.create(
          {
            mode: 'payment',
            client_reference_id: request.orderId,
            customer_email: request.email,
            metadata,
            payment_intent_data: { metadata, description: `Order ${request.orderNumber}` },
            line_items: request.lines.map((line) => ({
              quantity: line.quantity,
              price_data: {
                currency: request.currency.toLowerCase(),
                unit_amount: line.unitAmount,
                product_data: { name: line.title },
              },
            })),
            expires_at: Math.floor(request.expiresAt.getTime() / 1000),
            success_url: request.successUrl,
            cancel_url: request.cancelUrl,
          },
          { idempotencyKey: `checkout:${request.checkoutId}` },
        ),
      );
      if (session.url === null) throw new StripeRefusal('Stripe made a session without a page');
      return opened(session, session.url);
    },

    async findSession({ id, askedAt }) {
      const from = Math.floor(askedAt.getTime() / 1000);
      const created = { gte: from - 60, lte: from + SESSION_MADE_WITHIN_SECONDS };
      const session = await calling('session.list', async () => {
        for await (const one of stripe().checkout.sessions.list({ created, limit: 100 }))
          if (one.metadata?.checkout_id === id) return one;
        return null;
      });
      // Stripe takes the page away from a session that is over.
      return session && opened(session, session.url ?? '');
    },

    async closeSession(sessionId) {
      await calling('session.expire', () => stripe().checkout.sessions.expire(sessionId));
    },

    async refund({ refundId, paymentIntent, amount }) {
      const refund = await calling('refund.create', () =>
        stripe().refunds.create(
          { payment_intent: paymentIntent, amount, metadata: { refund_id: refundId } },
          { idempotencyKey: `refund:${refundId}` },
        ),
      );
      return { providerRefundId: refund.id, status: refundStatus(refund.status) };
    },

    async findRefund({ refundId, paymentIntent }) {
      const refund = await calling('refund.list', async () => {
        for await (const one of stripe().refunds.list({
          payment_intent: paymentIntent,
          limit: 100,
        }))
          if (one.metadata?.refund_id === refundId) return one;
        return null;
      });
      return refund && { providerRefundId: refund.id, status: refundStatus(refund.status) };
    },

    verifyEvent(body, signature) {
      let cause: unknown;
      for (const secret of config.webhookSecrets)
        try {
          return known(stripe().webhooks.constructEvent(body, signature, secret));
        } catch (error) {
          if (error instanceof ShopError) throw error;
          cause = error;
        }
      throw new ShopError('validation_failed', 'The Stripe-Signature does not match this body.', {
        cause,
      });
    },
  };
}

function opened(session: Stripe.Checkout.Session, url: string): OpenedSession {
  return { sessionId: session.id, url, expiresAt: new Date(session.expires_at * 1000) };
}

/** A refund's state in our words; Stripe's others are all still under way. */
export function refundStatus(status: string | null): 'pending' | 'succeeded' | 'failed' {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}

/** Sorts what a call throws: refused for good, or unavailable and worth another try. */
export async function sorted<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (isRefusal(cause)) throw new StripeRefusal(cause.message, { cause });
    const unavailable = cause instanceof DependencyUnavailable;
    if (!unavailable && !(cause instanceof CallTimeout) && !isOfStripe(cause)) throw cause;
    throw new ShopError(
      'payment_provider_unavailable',
      'Payments cannot be taken for the moment. Nothing was charged; please try again soon.',
      { retryAfterSeconds: unavailable ? cause.retryAfterSeconds : 5, cause },
    );
  }
}

/** @throws ShopError validation_failed for what is signed, but no event that could be kept. */
function known(event: Stripe.Event): Stripe.Event {
  const isName = (text: unknown) => typeof text === 'string' && /^[\w.-]{1,255}$/.test(text);
  if (isName(event?.id) && isName(event.type)) return event;
  throw new ShopError('validation_failed', 'This is no event of Stripe: it has no id or no type.');
}
