import { type RawBuilder, sql } from 'kysely';
import { isAmong } from '../../database/arrays.ts';
import type { Db, Tx } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';

const BATCH = 5000;

/** What captured payments moved. A free order's payment moves nothing. */
const captures = sql`
  SELECT 'capture' AS kind,
    CASE provider WHEN 'stripe' THEN 'stripe_balance' ELSE 'manual_receipts' END AS debit_account,
    CASE WHEN settles_order THEN 'sales' ELSE 'customer_funds' END AS credit_account,
    amount, currency, order_id, id AS payment_id, NULL::uuid AS refund_id,
    coalesce((
      SELECT min(occurred_at) FROM outbox_events
      WHERE stream_id = payments.order_id AND aggregate_id = payments.id AND type = 'payment.captured'
    ), created_at) AS created_at
  FROM payments
  WHERE status = 'succeeded' AND amount > 0`;

/** What refunds moved: set aside when asked for; out, or back, at their end. */
const refundMoves = sql`
  SELECT movement.kind, debit_account, credit_account, refunds.amount, refunds.currency, refunds.order_id,
    payment_id, refunds.id AS refund_id, movement.created_at
  FROM refunds JOIN payments ON payments.id = payment_id
  CROSS JOIN LATERAL (SELECT
    CASE provider WHEN 'stripe' THEN 'stripe_balance' ELSE 'manual_receipts' END AS holding,
    CASE WHEN settles_order THEN 'sales' ELSE 'customer_funds' END AS earning) AS account
  CROSS JOIN LATERAL (
    SELECT 'refund_requested' AS kind, earning AS debit_account, 'refunds_pending' AS credit_account,
      refunds.created_at
    UNION ALL
    SELECT 'refund_succeeded', 'refunds_pending', holding, refunds.updated_at WHERE refunds.status = 'succeeded'
    UNION ALL
    SELECT 'refund_failed', 'refunds_pending', earning, refunds.updated_at WHERE refunds.status = 'failed'
  ) AS movement`;

/** Inserts the captures of payments; what is in the ledger already stays as it is. */
export async function insertCaptures(tx: Tx, paymentIds: readonly string[]): Promise<void> {
  await insert(tx, sql`${captures} AND ${isAmong('payments.id', paymentIds)}`, kept);
}

/** Inserts what refunds moved so far; what is in the ledger already stays as it is. */
export async function insertRefundMoves(tx: Tx, refundIds: readonly string[]): Promise<void> {
  await insert(tx, sql`${refundMoves} WHERE ${isAmong('refunds.id', refundIds)}`, kept);
}

/** Inserts what payments and refunds changed in the last hours (null: all) moved and the ledger lacks; how many. */
export async function insertLacking(db: Db, since: { hours: number } | null): Promise<number> {
  const recent = (table: 'payments' | 'refunds') =>
    since === null
      ? sql`true`
      : sql`${sql.table(table)}.updated_at > now() - make_interval(hours => ${since.hours})`;
  const ofPayments = await insertInBatches(
    db,
    sql`${captures} AND ${recent('payments')} AND NOT EXISTS (
      SELECT FROM ledger_transactions WHERE kind = 'capture' AND payment_id = payments.id)`,
  );
  // By the order too: of a refund of any kind no index tells, and all of the ledger would be read each minute.
  const ofRefunds = await insertInBatches(
    db,
    sql`${refundMoves} WHERE ${recent('refunds')} AND NOT EXISTS (
      SELECT FROM ledger_transactions AS known
      WHERE known.order_id = refunds.order_id AND known.refund_id = refunds.id AND known.kind = movement.kind)`,
  );
  return ofPayments + ofRefunds;
}

/** So that no statement is long, however much is lacking. */
async function insertInBatches(db: Db, movements: RawBuilder<unknown>): Promise<number> {
  let total = 0;
  let inserted = 0;
  do {
    inserted = await insert(db, sql`${movements} LIMIT ${BATCH}`);
    total += inserted;
  } while (inserted === BATCH);
  return total;
}

/**
 * In one order for all, so that two who post the same cannot wait for each other.
 * @param mark `kept` where it is asked over and over.
 */
async function insert(
  db: Db,
  movements: RawBuilder<unknown>,
  mark: RawBuilder<unknown> = sql``,
): Promise<number> {
  const { numAffectedRows } = await sql`${mark}
    INSERT INTO ledger_transactions
      (id, kind, debit_account, credit_account, amount, currency, order_id, payment_id, refund_id, created_at)
    SELECT ledger_id(created_at, kind), kind, debit_account, credit_account, amount, currency, order_id, payment_id,
      refund_id, created_at
    FROM (${movements}) AS movement
    ORDER BY payment_id, refund_id, kind
    ON CONFLICT DO NOTHING`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
