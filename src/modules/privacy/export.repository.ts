import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/database.ts';

type Rows = Record<string, unknown>[];

/** Everything that the shop holds of a customer, table by table, without what only proves that they are they. */
export async function readCustomer(db: Db, userId: string) {
  const of = async (query: RawBuilder<Record<string, unknown>>): Promise<Rows> =>
    (await query.execute(db)).rows;
  const orders = sql`(SELECT id FROM orders WHERE customer_id = ${userId})`;
  return {
    profile: await of(sql`
      SELECT id, email, name, role, created_at AS "createdAt", updated_at AS "updatedAt"
      FROM users WHERE id = ${userId}`),
    sessions: await of(sql`
      SELECT id, kind, user_agent AS "userAgent", created_at AS "createdAt", last_seen_at AS "lastSeenAt",
        expires_at AS "expiresAt", revoked_at AS "endedAt", confirmed_at AS "confirmedAt", passkey_id AS "passkeyId"
      FROM sessions WHERE user_id = ${userId} ORDER BY id`),
    passwordResets: await of(sql`
      SELECT created_at AS "createdAt", expires_at AS "expiresAt", used_at AS "usedAt"
      FROM password_resets WHERE user_id = ${userId} ORDER BY created_at`),
    codeApps: await of(sql`
      SELECT created_at AS "createdAt", confirmed_at AS "confirmedAt" FROM totp_secrets WHERE user_id = ${userId}`),
    recoveryCodes: await of(sql`
      SELECT created_at AS "createdAt", used_at AS "usedAt" FROM recovery_codes WHERE user_id = ${userId}`),
    passkeys: await of(sql`
      SELECT id, name, transports, created_at AS "createdAt", last_used_at AS "lastUsedAt"
      FROM passkeys WHERE user_id = ${userId} ORDER BY id`),
    providerAccounts: await of(sql`
      SELECT issuer, subject, created_at AS "createdAt" FROM provider_accounts WHERE user_id = ${userId}`),
    cart: await of(sql`
      SELECT variant_id AS "variantId", quantity, added_at AS "addedAt"
      FROM carts JOIN cart_items ON cart_id = carts.id WHERE customer_id = ${userId} ORDER BY added_at`),
    orders: await of(sql`
      SELECT id, number, status, currency, subtotal, discount_total AS "discountTotal", shipping_total AS "shippingTotal",
        tax_total AS "taxTotal", total, refunded_total AS "refundedTotal", email, shipping_address AS "shippingAddress",
        created_at AS "createdAt", updated_at AS "updatedAt", (
          SELECT json_agg(json_build_object('sku', sku, 'title', title, 'quantity', quantity,
            'unitPrice', unit_price, 'total', order_items.total) ORDER BY position)
          FROM order_items WHERE order_id = orders.id) AS items
      FROM orders WHERE customer_id = ${userId} ORDER BY id`),
    checkouts: await of(sql`
      SELECT id, order_id AS "orderId", status, amount, currency, email, stripe_session_id AS "stripeSessionId",
        created_at AS "createdAt" FROM checkout_sessions WHERE order_id IN ${orders} ORDER BY id`),
    payments: await of(sql`
      SELECT id, order_id AS "orderId", provider, provider_payment_id AS "providerPaymentId", status, amount, currency,
        refunded_amount AS "refundedAmount", failure_code AS "failureCode", created_at AS "createdAt"
      FROM payments WHERE order_id IN ${orders} ORDER BY id`),
    refunds: await of(sql`
      SELECT id, order_id AS "orderId", status, amount, currency, reason, created_at AS "createdAt"
      FROM refunds WHERE order_id IN ${orders} ORDER BY id`),
    toldByStripe: await of(sql`
      SELECT event_id AS "eventId", type, payload #> '{data,object}' AS object, received_at AS "receivedAt"
      FROM webhook_events WHERE coalesce(payload #>> '{data,object,metadata,order_id}',
        payload #>> '{data,object,metadata,refund_id}') IN (
        SELECT id::text FROM orders WHERE customer_id = ${userId}
        UNION ALL SELECT id::text FROM refunds WHERE order_id IN ${orders})
      ORDER BY received_at`),
    experiments: await of(sql`
      SELECT experiment.flag_key AS "flag", exposure.variant, exposure.exposed_at AS "seenAt",
        exposure.visitor_id AS "as"
      FROM flag_exposures AS exposure JOIN flag_experiments AS experiment ON experiment.id = experiment_id
      WHERE visitor_id = ${userId}
        OR visitor_id IN (SELECT visitor_id FROM flag_visitors WHERE customer_id = ${userId})
      ORDER BY exposed_at`),
    segments: await of(
      sql`SELECT key FROM flag_segments WHERE ${userId}::uuid = ANY (customer_ids) ORDER BY key`,
    ),
    acts: await of(sql`
      SELECT occurred_at AS "at", actor_kind AS "by", act, subject_kind AS "about", subject_id AS "id", detail,
        address AS network
      FROM trail WHERE actor_id = ${userId} OR subject_id = ${userId}::text ORDER BY position`),
  };
}
