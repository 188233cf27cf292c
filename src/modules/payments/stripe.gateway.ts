import Stripe from 'stripe';
import { ShopError } from '../../shared/errors.ts';

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

/** What the shop asks of Stripe. Each creating call carries an idempotency key made from our own row's id. */
export interface StripeGateway {
  openSession(request: SessionRequest): Promise<OpenedSession>;
  closeSession(sessionId: string): Promise<void>;
  refund(request: { refundId: string; paymentIntent: string; amount: number }): Promise<{
    providerRefundId: string;
    status: 'pending' | 'succeeded' | 'failed';
  }>;
  /** @throws ShopError validation_failed when the signature is not Stripe's or older than five minutes. */
  verifyEvent(body: Buffer, signature: string): Stripe.Event;
}

/** Stripe said no for good (a 4xx that a retry will not change). */
export class StripeRefusal extends Error {}

export function createStripeGateway(config: {
  secretKey: string;
  webhookSecret: string;
  /** null: Stripe itself. */
  apiBase: string | null;
}): StripeGateway {
  const stripe = new Stripe(config.secretKey, {
    ...(config.apiBase ? addressOf(config.apiBase) : {}),
    timeout: 10_000,
    maxNetworkRetries: 2,
    telemetry: false,
    appInfo: { name: 'Mainstay' },
  });
  return {
    async openSession(request) {
      const metadata = { order_id: request.orderId, checkout_id: request.checkoutId };
      const session = await calling(() =>
        stripe.checkout.sessions.create(
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
      return {
        sessionId: session.id,
        url: session.url,
        expiresAt: new Date(session.expires_at * 1000),
      };
    },

    async closeSession(sessionId) {
      await calling(() => stripe.checkout.sessions.expire(sessionId));
    },

    async refund({ refundId, paymentIntent, amount }) {
      const refund = await calling(() =>
        stripe.refunds.create(
          { payment_intent: paymentIntent, amount, metadata: { refund_id: refundId } },
          { idempotencyKey: `refund:${refundId}` },
        ),
      );
      return { providerRefundId: refund.id, status: refundStatus(refund.status) };
    },

    verifyEvent(body, signature) {
      try {
        return stripe.webhooks.constructEvent(body, signature, config.webhookSecret);
      } catch (cause) {
        throw new ShopError('validation_failed', 'The Stripe-Signature does not match this body.', {
          cause,
        });
      }
    },
  };
}

/** A refund's state in our words; Stripe's others are all still under way. */
export function refundStatus(status: string | null): 'pending' | 'succeeded' | 'failed' {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}

function addressOf(base: string) {
  const url = new URL(base);
  const secure = url.protocol === 'https:';
  return {
    host: url.hostname,
    port: url.port || (secure ? '443' : '80'),
    protocol: secure ? ('https' as const) : ('http' as const),
  };
}

/** Sorts Stripe's errors: refused for good, or unavailable and worth another try. */
async function calling<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (
      cause instanceof Stripe.errors.StripeInvalidRequestError ||
      cause instanceof Stripe.errors.StripeCardError
    )
      throw new StripeRefusal(cause.message, { cause });
    if (!(cause instanceof Stripe.errors.StripeError)) throw cause;
    throw new ShopError(
      'payment_provider_unavailable',
      'Payments cannot be taken for the moment. Nothing was charged; please try again soon.',
      { retryAfterSeconds: 5, cause },
    );
  }
}
