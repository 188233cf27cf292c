import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import type { PaymentTables } from './payments.model.ts';
import type { OpenedSession } from './stripe.gateway.ts';

const COLUMNS = [
  'id',
  'order_id',
  'status',
  'amount',
  'currency',
  'email',
  'stripe_session_id',
  'url',
  'expires_at',
  'created_at',
  'updated_at',
] as const satisfies (keyof PaymentTables['checkout_sessions'])[];

/** Beyond the minute more than Stripe's shortest life, and the time that an answer takes, a row is no longer a new one. */
const FRESH_SECONDS = 20;

/** The checkout in which an order can be paid, if there is one; whether its time is over, by the clock that set it. */
export async function liveCheckout(tx: Tx, orderId: string) {
  return tx
    .selectFrom('checkout_sessions')
    .select(COLUMNS)
    .select(sql<boolean>`expires_at <= now()`.as('isOver'))
    .select(
      sql<boolean>`created_at > now() - make_interval(secs => ${FRESH_SECONDS})`.as('isFresh'),
    )
    .where('order_id', '=', orderId)
    .where('status', 'in', ['creating', 'open'])
    .modifyEnd(kept)
    .executeTakeFirst();
}

export async function findCheckout(db: Db, id: string) {
  return db
    .selectFrom('checkout_sessions')
    .select(COLUMNS)
    .where('id', '=', id)
    .modifyEnd(kept)
    .executeTakeFirst();
}

/** The checkout that an event speaks of: by Stripe's id, or by ours where the answer to its creation was lost. */
export async function checkoutOfEvent(
  tx: Tx,
  { sessionId, checkoutId }: { sessionId: string | null; checkoutId: string | null },
) {
  return tx
    .selectFrom('checkout_sessions')
    .select(COLUMNS)
    .where((eb) =>
      eb.or([
        ...(sessionId ? [eb('stripe_session_id', '=', sessionId)] : []),
        ...(checkoutId ? [eb('id', '=', checkoutId)] : []),
      ]),
    )
    .modifyEnd(kept)
    .executeTakeFirst();
}

export async function insertCheckout(
  tx: Tx,
  checkout: {
    id: string;
    orderId: string;
    amount: number;
    currency: string;
    email: string;
    minutes: number;
  },
) {
  return tx
    .insertInto('checkout_sessions')
    .values({
      id: checkout.id,
      order_id: checkout.orderId,
      status: 'creating',
      amount: checkout.amount,
      currency: checkout.currency,
      email: checkout.email,
      expires_at: sql<Date>`now() + make_interval(mins => ${checkout.minutes})`,
    })
    .returning(COLUMNS)
    .modifyEnd(kept)
    .executeTakeFirstOrThrow();
}

/** Notes what Stripe opened; of racing callers each writes the same. */
export async function markOpen(db: Db, id: string, opened: OpenedSession): Promise<void> {
  await db
    .updateTable('checkout_sessions')
    .set({
      status: 'open',
      stripe_session_id: opened.sessionId,
      url: opened.url,
      expires_at: opened.expiresAt,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('status', '=', 'creating')
    .modifyEnd(kept)
    .execute();
}

/** Ends a live checkout. */
export async function endCheckout(db: Db, id: string, status: 'expired' | 'failed'): Promise<void> {
  await db
    .updateTable('checkout_sessions')
    .set({ status, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('status', 'in', ['creating', 'open'])
    .modifyEnd(kept)
    .execute();
}

/** Ends a checkout on whose page money came; one whose session was never heard of cannot be completed, and expires. */
export async function completeCheckout(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('checkout_sessions')
    .set({
      status: sql`CASE WHEN stripe_session_id IS NULL THEN 'expired' ELSE 'completed' END`,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('status', 'in', ['creating', 'open', 'expired'])
    .modifyEnd(kept)
    .execute();
}

/** Whether an order could be paid once more: on a page that lives, or by what was announced. */
export async function isPayableOtherwise(tx: Tx, orderId: string): Promise<boolean> {
  const { rows } = await sql`${kept}
    SELECT FROM checkout_sessions WHERE order_id = ${orderId} AND status IN ('creating', 'open')
    UNION ALL
    SELECT FROM payments WHERE order_id = ${orderId} AND provider = 'manual' AND status = 'pending'`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Open sessions of orders, to be closed at Stripe too. */
export async function openCheckouts(db: Db, orderIds: readonly string[]) {
  return db
    .selectFrom('checkout_sessions')
    .select(['id', 'stripe_session_id'])
    .where('order_id', 'in', orderIds)
    .where('status', '=', 'open')
    .execute();
}
