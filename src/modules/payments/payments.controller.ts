import type { Static } from 'typebox';
import type { Reply, Request } from '../../http/app-type.ts';
import { claimOf, replay } from '../../http/idempotency.ts';
import { isAllowed, ownerWithin, principalOf } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import { concerns } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { getOrder } from '../orders/orders.service.ts';
import { type Buyer, checkoutItems, type ItemsCheckout } from './checkout-items.service.ts';
import { promiseManualPayment, recordManualPayment } from './manual-payments.service.ts';
import type {
  CheckoutBody,
  CreatePaymentBody,
  ListPaymentsQuery,
  RefundBody,
} from './payments.schemas.ts';
import { getPayment, listPayments } from './payments.service.ts';
import { receiveEvent } from './receive-event.service.ts';
import { refundOrder, refundsOfOrder } from './refunds.service.ts';

export interface PaymentDeps extends ItemsCheckout {
  readonly logger: Logger;
}

/** Requests about money, each turned into one use case. */
export function paymentsController(deps: PaymentDeps) {
  const { db, stripe, metrics } = deps;
  return {
    async checkout(request: Request, reply: Reply, body: Static<typeof CheckoutBody>) {
      const claim = claimOf(request);
      const answer = await checkoutItems(deps, buyerOf(request), body, claim);
      if (answer.kind === 'repeated') return replay(reply, answer.status, answer.body);
      reply.code(201);
      return answer.checkout;
    },

    list(
      request: Request,
      { limit = DEFAULT_LIMIT, cursor, orderId }: Static<typeof ListPaymentsQuery>,
    ) {
      return listPayments(db, ownerWithin(request, 'orders:read'), { orderId }, { limit, cursor });
    },

    show: (request: Request, id: string) => getPayment(db, ownerWithin(request, 'orders:read'), id),

    async create(request: Request, reply: Reply, body: Static<typeof CreatePaymentBody>) {
      const { userId } = principalOf(request);
      if (body.status === 'succeeded' && !isAllowed(request, 'orders:write'))
        throw new ShopError('forbidden', 'Only an administrator or Stripe settles a payment.');
      const { orderId, amount = null } = body;
      concerns(orderId);
      const wanted = { orderId, amount, claim: claimOf(request) };
      const answer =
        body.status === 'succeeded'
          ? await recordManualPayment(deps, { ...wanted, actorId: userId })
          : await promiseManualPayment(db, ownerWithin(request, 'orders:write'), wanted);
      if (answer.kind === 'repeated')
        return replay(reply, answer.status, answer.body, '/api/payments');
      reply.code(201).header('location', `/api/payments/${answer.payment.id}`);
      return answer.payment;
    },

    async refund(request: Request, reply: Reply, orderId: string, body: Static<typeof RefundBody>) {
      const answer = await refundOrder(deps, {
        orderId,
        amount: body.amount ?? null,
        reason: body.reason ?? '',
        actorId: principalOf(request).userId,
        claim: claimOf(request),
      });
      if (answer.kind === 'repeated') return replay(reply, answer.status, answer.body);
      reply.code(201);
      return answer.refund;
    },

    async refunds(orderId: string) {
      await getOrder(db, null, orderId);
      return { data: await refundsOfOrder(db, orderId) };
    },

    async webhook(request: Request) {
      const signature = request.headers['stripe-signature'];
      const body = request.body;
      if (typeof signature !== 'string' || !Buffer.isBuffer(body)) {
        metrics.webhooks.inc({ outcome: 'refused' });
        throw new ShopError(
          'validation_failed',
          'A signed Stripe event is needed: Stripe-Signature is missing.',
        );
      }
      const event = verified(body, signature);
      const outcome = await receiveEvent(deps, event, body.toString('utf8'));
      metrics.webhooks.inc({ outcome });
      return { received: true };
    },
  };

  function verified(body: Buffer, signature: string) {
    try {
      return stripe.verifyEvent(body, signature);
    } catch (error) {
      metrics.webhooks.inc({ outcome: 'refused' });
      throw error;
    }
  }
}

function buyerOf(request: Request): Buyer {
  const { userId, email } = principalOf(request);
  return { userId, email, owner: ownerWithin(request, 'orders:write') };
}
