import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import type {
  CheckoutFacts,
  DeliveryFacts,
  PaymentFacts,
  RefundFacts,
  StripeEventFacts,
} from './story.model.ts';

export async function checkoutFacts(db: Db, orderId: string): Promise<CheckoutFacts[]> {
  const { rows } = await sql<CheckoutFacts>`
    SELECT id, status, stripe_session_id AS "sessionId", expires_at AS "expiresAt", created_at AS "createdAt",
      updated_at AS "updatedAt"
    FROM checkout_sessions WHERE order_id = ${orderId} ORDER BY created_at LIMIT 100`.execute(db);
  return rows;
}

export async function paymentFacts(db: Db, orderId: string): Promise<PaymentFacts[]> {
  const { rows } = await sql<PaymentFacts>`
    SELECT id, provider, provider_payment_id AS "providerPaymentId", status, settles_order AS "settlesOrder",
      amount, refunded_amount AS "refundedAmount", currency, failure_code AS "failureCode", declines,
      created_at AS "createdAt", updated_at AS "updatedAt"
    FROM payments WHERE order_id = ${orderId} ORDER BY id LIMIT 100`.execute(db);
  return rows;
}

export async function refundFacts(db: Db, orderId: string): Promise<RefundFacts[]> {
  const { rows } = await sql<RefundFacts>`
    SELECT id, payment_id AS "paymentId", status, origin, amount, currency, provider_refund_id AS "providerRefundId",
      failure, created_at AS "createdAt", updated_at AS "updatedAt"
    FROM refunds WHERE order_id = ${orderId} ORDER BY id LIMIT 100`.execute(db);
  return rows;
}

/** Stripe's events that carry an id of ours, or are about an object of Stripe's that is the order's. */
export async function stripeEventFacts(
  db: Db,
  { ours, objects }: { ours: readonly string[]; objects: readonly string[] },
): Promise<StripeEventFacts[]> {
  const { rows } = await sql<StripeEventFacts>`
    SELECT event_id AS id, type, state, note, attempts, correlation_id AS "correlationId",
      received_at AS "receivedAt", settled_at AS "settledAt"
    FROM webhook_events
    WHERE coalesce(payload #>> '{data,object,metadata,order_id}', payload #>> '{data,object,metadata,refund_id}')
        = ANY(${ours}::text[])
      OR payload #>> '{data,object,id}' = ANY(${objects}::text[])
    ORDER BY received_at, event_id LIMIT 200`.execute(db);
  return rows;
}

/** What merchants' endpoints were sent of the order's events, with every attempt. */
export async function deliveryFacts(db: Db, eventIds: readonly string[]): Promise<DeliveryFacts[]> {
  const { rows } = await sql<DeliveryFacts>`
    SELECT delivery.id, endpoint.id AS "endpointId", substring(endpoint.url FROM '^https?://([^/?#]+)') AS host,
      endpoint.state AS "endpointState", event_type AS "eventType", delivery.state, failures,
      next_attempt_at AS "nextAttemptAt", last_error AS "lastError", correlation_id AS "correlationId",
      delivery.created_at AS "createdAt",
      coalesce((
        SELECT json_agg(json_build_object('number', number, 'status', status, 'error', error, 'at', attempted_at)
          ORDER BY number)
        FROM webhook_attempts WHERE delivery_id = delivery.id), '[]') AS attempts
    FROM webhook_endpoints AS endpoint
    JOIN webhook_deliveries AS delivery ON delivery.endpoint_id = endpoint.id
      AND delivery.event_id = ANY(${eventIds}::uuid[])
    ORDER BY delivery.id LIMIT 200`.execute(db);
  return rows;
}
