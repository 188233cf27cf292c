import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { Payment, PaymentTables } from './payments.model.ts';

type PaymentRow = Selectable<PaymentTables['payments']>;

/** One payment of the owner (null: any), or null. */
export async function findPayment(
  db: Db,
  owner: string | null,
  id: string,
): Promise<Payment | null> {
  const row = await owned(db, owner).where('payments.id', '=', id).executeTakeFirst();
  return row ? toPayment(row) : null;
}

/** A page of the owner's payments, newest first. */
export async function listPayments(
  db: Db,
  owner: string | null,
  { orderId }: { orderId?: string | undefined },
  page: PageRequest,
): Promise<Page<Payment>> {
  const after = lastSeenId(page);
  const rows = await owned(db, owner)
    .$if(orderId !== undefined, (query) => query.where('payments.order_id', '=', orderId ?? ''))
    .$if(after !== null, (query) => query.where('payments.id', '<', after ?? ''))
    .orderBy('payments.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [row.id]);
  return { data: data.map(toPayment), nextCursor };
}

function owned(db: Db, owner: string | null) {
  return db
    .selectFrom('payments')
    .innerJoin('orders', 'orders.id', 'payments.order_id')
    .selectAll('payments')
    .$if(owner !== null, (query) => query.where('orders.customer_id', '=', owner ?? ''));
}

/** Notes a captured Stripe payment; null when it was known already, so that a repeated event changes nothing. */
export async function insertCaptured(
  tx: Tx,
  payment: { id: string; orderId: string; paymentIntent: string; amount: number; currency: string },
): Promise<string | null> {
  const row = await tx
    .insertInto('payments')
    .values({
      id: payment.id,
      order_id: payment.orderId,
      provider: 'stripe',
      provider_payment_id: payment.paymentIntent,
      status: 'succeeded',
      amount: payment.amount,
      currency: payment.currency,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['provider', 'provider_payment_id'])
        .doUpdateSet({ status: 'succeeded', failure_code: null, updated_at: sql`now()` })
        .where('payments.status', '!=', 'succeeded'),
    )
    .returning('id')
    .modifyEnd(kept)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Notes a declined attempt and returns its payment; never takes back a success that came first (null). */
export async function insertFailed(
  tx: Tx,
  payment: {
    id: string;
    orderId: string;
    paymentIntent: string;
    amount: number;
    currency: string;
    failureCode: string;
  },
): Promise<Payment | null> {
  const row = await tx
    .insertInto('payments')
    .values({
      id: payment.id,
      order_id: payment.orderId,
      provider: 'stripe',
      provider_payment_id: payment.paymentIntent,
      status: 'failed',
      amount: payment.amount,
      currency: payment.currency,
      failure_code: payment.failureCode,
      declines: 1,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['provider', 'provider_payment_id'])
        .doUpdateSet({
          failure_code: payment.failureCode,
          declines: sql`payments.declines + 1`,
          updated_at: sql`now()`,
        })
        .where('payments.status', '=', 'failed'),
    )
    .returningAll()
    .executeTakeFirst();
  return row ? toPayment(row) : null;
}

/** Says that this payment is the one that paid its order; the database allows one. */
export async function markSettling(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('payments')
    .set({ settles_order: true })
    .where('id', '=', id)
    .modifyEnd(kept)
    .execute();
}

/** The id of the manual payment that waits to be settled, or null. */
export async function findOpenManual(tx: Tx, orderId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('payments')
    .select('id')
    .where('order_id', '=', orderId)
    .where('provider', '=', 'manual')
    .where('status', '=', 'pending')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** A payment by other means, announced by the customer or on an administrator's word; one may be open per order. */
export async function insertManual(
  tx: Tx,
  payment: { id: string; orderId: string; amount: number; currency: string; announced?: true },
): Promise<Payment | null> {
  const row = await tx
    .insertInto('payments')
    .values({
      id: payment.id,
      order_id: payment.orderId,
      provider: 'manual',
      status: 'pending',
      amount: payment.amount,
      currency: payment.currency,
      ...(payment.announced ? { announced_at: sql`now()` } : {}),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ? toPayment(row) : null;
}

/** Ends the open manual payments of orders that wait for no money, and returns them. */
export async function cancelManual(tx: Tx, orderIds: readonly string[]): Promise<Payment[]> {
  const rows = await tx
    .updateTable('payments')
    .set({ status: 'cancelled', cancelled_at: sql`now()`, updated_at: sql`now()` })
    .where('order_id', 'in', orderIds)
    .where('provider', '=', 'manual')
    .where('status', '=', 'pending')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('orders')
          .select('orders.id')
          .whereRef('orders.id', '=', 'payments.order_id')
          .where('orders.status', '<>', 'pending'),
      ),
    )
    .returningAll()
    .execute();
  return rows.map(toPayment);
}

/** Settles an order's open manual payment; null when there is none. */
export async function succeedManual(tx: Tx, orderId: string): Promise<Payment | null> {
  const row = await tx
    .updateTable('payments')
    .set({ status: 'succeeded', settles_order: true, updated_at: sql`now()` })
    .where('order_id', '=', orderId)
    .where('provider', '=', 'manual')
    .where('status', '=', 'pending')
    .returningAll()
    .executeTakeFirst();
  return row ? toPayment(row) : null;
}

/** The wire form of a payment. */
function toPayment(row: PaymentRow): Payment {
  return {
    id: row.id,
    orderId: row.order_id,
    provider: row.provider,
    providerPaymentId: row.provider_payment_id,
    status: row.status,
    amount: { amount: row.amount, currency: row.currency },
    refundedAmount: { amount: row.refunded_amount, currency: row.currency },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
