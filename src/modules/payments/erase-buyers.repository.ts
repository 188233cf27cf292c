import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { ERASED, ERASED_EMAIL } from '../../shared/erased.ts';

/** What the books need of an object of Stripe's; everything else may tell of a person. */
const KEPT = [
  'id',
  'object',
  'amount',
  'amount_received',
  'amount_refunded',
  'amount_subtotal',
  'amount_total',
  'charge',
  'client_reference_id',
  'created',
  'currency',
  'expires_at',
  'failure_reason',
  'latest_charge',
  'livemode',
  'metadata',
  'mode',
  'payment_intent',
  'payment_status',
  'reason',
  'status',
];

const EMPTIED = sql`
  payload = jsonb_set(payload - 'request', '{data}', jsonb_build_object('object', (
    SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(payload #> '{data,object}')
    WHERE key = ANY (${KEPT}::text[])))),
  closed_reason = CASE WHEN closed_reason IS NOT NULL THEN ${ERASED} END,
  buyer_erased_at = now()`;

/** The ids of the checkouts, payments and refunds of orders. */
export async function idsAbout(tx: Tx, orderIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM checkout_sessions WHERE order_id = ANY (${orderIds}::uuid[])
    UNION ALL SELECT id FROM payments WHERE order_id = ANY (${orderIds}::uuid[])
    UNION ALL SELECT id FROM refunds WHERE order_id = ANY (${orderIds}::uuid[])`.execute(tx);
  return rows.map(({ id }) => id);
}

export async function emptyCheckouts(tx: Tx, orderIds: readonly string[]): Promise<void> {
  await sql`UPDATE checkout_sessions SET email = ${ERASED_EMAIL} WHERE order_id = ANY (${orderIds}::uuid[])`.execute(
    tx,
  );
  // Staff typed these, and may have named somebody.
  await sql`UPDATE refunds SET reason = '' WHERE order_id = ANY (${orderIds}::uuid[]) AND origin = 'admin'`.execute(
    tx,
  );
}

/**
 * Events are found by the order or refund that they carry, or by the session or payment that they are about. As arrays:
 * with two `ANY (SELECT …)` every event would be looked at, and with them each has its index.
 */
export async function emptyEvents(tx: Tx, orderIds: readonly string[]): Promise<void> {
  await sql`
    UPDATE webhook_events SET ${EMPTIED}
    WHERE buyer_erased_at IS NULL AND jsonb_typeof(payload #> '{data,object}') = 'object' AND (
      coalesce(payload #>> '{data,object,metadata,order_id}', payload #>> '{data,object,metadata,refund_id}') = ANY (ARRAY(
        SELECT unnest(${orderIds}::text[])
        UNION ALL SELECT id::text FROM refunds WHERE order_id = ANY (${orderIds}::uuid[])))
      OR payload #>> '{data,object,id}' = ANY (ARRAY(
        SELECT stripe_session_id FROM checkout_sessions WHERE order_id = ANY (${orderIds}::uuid[])
        UNION ALL SELECT provider_payment_id FROM payments WHERE order_id = ANY (${orderIds}::uuid[]))))`.execute(
    tx,
  );
}

export async function emptyOldEvents(db: Db, days: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE webhook_events SET ${EMPTIED}
    WHERE (provider, event_id) IN (
      SELECT provider, event_id FROM webhook_events
      WHERE buyer_erased_at IS NULL AND received_at < now() - make_interval(days => ${days})
        AND state IN ('applied', 'ignored', 'closed') AND jsonb_typeof(payload #> '{data,object}') = 'object'
      ORDER BY received_at LIMIT ${limit})`.execute(db);
  return Number(numAffectedRows ?? 0);
}
