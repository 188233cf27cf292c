import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import type { PaymentTables, Refund, RefundStatus } from './payments.model.ts';

export type RefundRow = Selectable<PaymentTables['refunds']>;

/** The payment that paid an order, under its lock. */
export async function lockSettlingPayment(tx: Tx, orderId: string) {
  return tx
    .selectFrom('payments')
    .select(['id', 'amount', 'refunded_amount', 'currency'])
    .where('order_id', '=', orderId)
    .where('settles_order', '=', true)
    .forUpdate()
    .executeTakeFirst();
}

/** What of the payment that paid an order is not set aside for refunds; 0 where none paid it. */
export async function leftOfOrder(db: Db, orderId: string): Promise<number> {
  const row = await db
    .selectFrom('payments')
    .select(sql<number>`amount - refunded_amount`.as('left'))
    .where('order_id', '=', orderId)
    .where('settles_order', '=', true)
    .executeTakeFirst();
  return row?.left ?? 0;
}

/** Sets money of a captured payment aside for a refund; false when more would go back than came in. */
export async function setAside(tx: Tx, paymentId: string, amount: number) {
  return tx
    .updateTable('payments')
    .set({ refunded_amount: sql`refunded_amount + ${amount}`, updated_at: sql`now()` })
    .where('id', '=', paymentId)
    .where('status', '=', 'succeeded')
    .where(sql<boolean>`refunded_amount + ${amount} <= amount`)
    .returning(['order_id', 'currency', 'provider'])
    .executeTakeFirst();
}

/** Takes back what was set aside for a refund that failed. */
export async function putBack(tx: Tx, paymentId: string, amount: number): Promise<void> {
  await tx
    .updateTable('payments')
    .set({ refunded_amount: sql`refunded_amount - ${amount}`, updated_at: sql`now()` })
    .where('id', '=', paymentId)
    .execute();
}

export async function insertRefund(
  tx: Tx,
  refund: Pick<
    RefundRow,
    'id' | 'payment_id' | 'order_id' | 'origin' | 'amount' | 'currency' | 'reason' | 'actor_id'
  >,
): Promise<RefundRow> {
  return tx
    .insertInto('refunds')
    .values({ ...refund, status: 'pending' })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A refund with what sending it needs. */
export async function findRefund(db: Db, id: string) {
  return db
    .selectFrom('refunds')
    .innerJoin('payments', 'payments.id', 'refunds.payment_id')
    .selectAll('refunds')
    .select(['payments.provider', 'payments.provider_payment_id', 'payments.settles_order'])
    .where('refunds.id', '=', id)
    .executeTakeFirst();
}

/** The refund that Stripe speaks of: by its id there, or by ours, which it carries. */
export async function refundOfEvent(
  tx: Tx,
  { providerRefundId, refundId }: { providerRefundId: string; refundId: string | null },
) {
  return tx
    .selectFrom('refunds')
    .select(['id', 'order_id', 'status'])
    .where((eb) =>
      eb.or([
        eb('provider_refund_id', '=', providerRefundId),
        ...(refundId ? [eb('id', '=', refundId)] : []),
      ]),
    )
    .executeTakeFirst();
}

/** Ends a pending refund; false when another did so first. */
export async function endRefund(
  tx: Tx,
  id: string,
  end: {
    status: Exclude<RefundStatus, 'pending'>;
    providerRefundId: string | null;
    failure: string | null;
  },
): Promise<boolean> {
  const result = await tx
    .updateTable('refunds')
    .set({
      status: end.status,
      provider_refund_id: sql`coalesce(${end.providerRefundId}, provider_refund_id)`,
      failure: end.failure,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Notes that a refund is about to be sent; `anew` begins another life of its key at Stripe. */
export async function noteSending(db: Db, id: string, { anew }: { anew: boolean }): Promise<void> {
  await db
    .updateTable('refunds')
    .set({ sent_at: anew ? sql`now()` : sql`coalesce(sent_at, now())` })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .execute();
}

/** Notes under which id Stripe works on a refund that is still pending there. */
export async function noteProviderRefund(db: Db, id: string, providerRefundId: string) {
  await db
    .updateTable('refunds')
    .set({ provider_refund_id: providerRefundId, updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

export async function refundsOfOrder(db: Db, orderId: string): Promise<Refund[]> {
  const rows = await db
    .selectFrom('refunds')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toRefund);
}

/** A captured payment of Stripe's, what of it is not set aside, and whether that may become more by a refund under way. */
export async function paymentByIntent(tx: Tx, paymentIntent: string) {
  return tx
    .selectFrom('payments')
    .select(['id', 'order_id'])
    .select(sql<number>`amount - refunded_amount`.as('left'))
    .select(
      sql<boolean>`EXISTS (SELECT FROM refunds WHERE payment_id = payments.id AND status = 'pending')`.as(
        'isRefunding',
      ),
    )
    .where('provider', '=', 'stripe')
    .where('provider_payment_id', '=', paymentIntent)
    .where('status', '=', 'succeeded')
    .executeTakeFirst();
}

/** The wire form of a refund. */
export function toRefund(row: RefundRow): Refund {
  return {
    id: row.id,
    orderId: row.order_id,
    paymentId: row.payment_id,
    status: row.status,
    amount: { amount: row.amount, currency: row.currency },
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
