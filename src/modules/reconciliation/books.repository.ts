import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import type { OwnPayment } from './payment-differences.model.ts';

/** Which of these events the shop does not have. */
export async function unknownEvents(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM unnest(${ids}::text[]) AS id
    WHERE NOT EXISTS (
      SELECT FROM webhook_events WHERE provider = 'stripe' AND event_id = id)`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** The shop's payments of these intents. */
export async function ownPayments(db: Db, intents: readonly string[]): Promise<OwnPayment[]> {
  const { rows } = await sql<Omit<OwnPayment, 'refunded'> & { done: number; asked: number }>`
    SELECT provider_payment_id AS "paymentIntent", payments.order_id AS "orderId", status, amount, currency,
      coalesce(done, 0) AS done, coalesce(asked, 0) AS asked,
      greatest(payments.updated_at, refunds_changed_at) AS "changedAt"
    FROM payments LEFT JOIN LATERAL (
      SELECT sum(refunds.amount) FILTER (WHERE refunds.status = 'succeeded') AS done,
        sum(refunds.amount) FILTER (WHERE refunds.status IN ('pending', 'succeeded')) AS asked,
        max(refunds.updated_at) AS refunds_changed_at
      FROM refunds WHERE refunds.payment_id = payments.id
    ) AS returned ON true
    WHERE provider = 'stripe' AND provider_payment_id = ANY(${intents}::text[])`.execute(db);
  return rows.map(({ done, asked, ...payment }) => ({ ...payment, refunded: { done, asked } }));
}

/** A stretch of the shop's captured payments, in the order in which they were made. */
export async function paymentsAfter(
  db: Db,
  after: string | null,
  { madeBefore, limit }: { madeBefore: Date; limit: number },
): Promise<{ id: string; paymentIntent: string }[]> {
  const { rows } = await sql<{ id: string; paymentIntent: string }>`
    SELECT id, provider_payment_id AS "paymentIntent" FROM payments
    WHERE provider = 'stripe' AND status = 'succeeded' AND created_at < ${madeBefore}
      AND id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid
    ORDER BY id LIMIT ${limit}`.execute(db);
  return rows;
}

/** The intents of payments that the shop took in within a time. */
export async function paymentsBetween(
  db: Db,
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ paymentIntent: string }>`
    SELECT provider_payment_id AS "paymentIntent" FROM payments
    WHERE provider = 'stripe' AND status = 'succeeded' AND created_at BETWEEN ${from} AND ${to}
    ORDER BY created_at DESC LIMIT ${limit}`.execute(db);
  return rows.map(({ paymentIntent }) => paymentIntent);
}

export interface OwnRefund {
  readonly id: string;
  readonly providerRefundId: string | null;
  readonly orderId: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly amount: number;
  readonly currency: string;
  readonly changedAt: Date;
}

/** The shop's refunds that Stripe speaks of: by its ids, or by ours, which its refunds carry. */
export async function ownRefunds(
  db: Db,
  { theirs, ours }: { theirs: readonly string[]; ours: readonly string[] },
): Promise<OwnRefund[]> {
  const { rows } = await sql<OwnRefund>`
    SELECT id, provider_refund_id AS "providerRefundId", order_id AS "orderId", status, amount, currency,
      updated_at AS "changedAt"
    FROM refunds
    WHERE provider_refund_id = ANY(${theirs}::text[]) OR id = ANY(${ours}::uuid[])`.execute(db);
  return rows;
}

/** Refunds that wait for Stripe's word although Stripe has them. */
export async function waitingRefunds(
  db: Db,
  { changedBefore, limit }: { changedBefore: Date; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT provider_refund_id AS id FROM refunds
    WHERE status = 'pending' AND provider_refund_id IS NOT NULL AND updated_at < ${changedBefore}
    ORDER BY created_at LIMIT ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Of these sessions, which Stripe says are open, those that must not be paid any more. */
export async function strayPages(
  db: Db,
  sessions: readonly { sessionId: string; checkoutId: string | null }[],
  { changedBefore }: { changedBefore: Date },
): Promise<{ checkoutId: string; sessionId: string }[]> {
  const { rows } = await sql<{ checkoutId: string; sessionId: string }>`
    SELECT checkout.id AS "checkoutId", session."sessionId"
    FROM json_to_recordset(${JSON.stringify(sessions)}::json) AS session ("sessionId" text, "checkoutId" uuid)
    CROSS JOIN LATERAL (
      SELECT * FROM checkout_sessions WHERE stripe_session_id = session."sessionId"
      UNION ALL
      SELECT * FROM checkout_sessions WHERE id = session."checkoutId" AND stripe_session_id IS NULL
    ) AS checkout
    JOIN orders ON orders.id = checkout.order_id
    WHERE (orders.status <> 'pending' AND orders.updated_at < ${changedBefore})
      OR (checkout.status IN ('expired', 'failed') AND checkout.updated_at < ${changedBefore})`.execute(
    db,
  );
  return rows;
}

/** Parked events that no person has seen to for an hour. */
export async function longParked(
  db: Db,
): Promise<{ eventId: string; type: string; note: string | null }[]> {
  const { rows } = await sql<{ eventId: string; type: string; note: string | null }>`
    SELECT event_id AS "eventId", type, note FROM webhook_events
    WHERE provider = 'stripe' AND state = 'parked' AND received_at < now() - interval '1 hour'
    ORDER BY received_at LIMIT 200`.execute(db);
  return rows;
}
