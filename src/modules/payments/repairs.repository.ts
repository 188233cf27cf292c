import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import { enqueueLost, lacksDueJob } from '../../events/jobs.ts';
import { CLOSING } from '../orders/orders.model.ts';
import { UNKNOWN_PAYMENT } from './payments.model.ts';

/** Checkouts whose page was asked for a minute ago, with no answer noted. */
export function enqueueUnfinishedCheckouts(db: Db): Promise<number> {
  return enqueueLost(
    db,
    'finish_checkout',
    sql`SELECT 'checkout:' || id AS key, json_build_object('checkoutId', id) AS payload
      FROM checkout_sessions
      WHERE status = 'creating' AND created_at < now() - interval '1 minute'`,
  );
}

/**
 * Orders that wait for no money, and can still be paid by an open page or an announced payment. While the line of those
 * that are shut is long they are most likely in it.
 */
export function enqueueUnclosedCheckouts(db: Db): Promise<number> {
  return enqueueLost(
    db,
    'close_checkouts',
    sql`SELECT 'close_checkouts:' || id AS key, json_build_object('orderIds', json_build_array(id)) AS payload
      FROM (
        SELECT order_id FROM checkout_sessions WHERE status = 'open'
        UNION SELECT order_id FROM payments WHERE provider = 'manual' AND status = 'pending'
      ) AS payable
      JOIN orders ON orders.id = order_id
      WHERE orders.status <> 'pending' AND orders.updated_at < now() - interval '2 minutes'
        AND ${lacksDueJob(sql`${CLOSING}`)}`,
    CLOSING,
  );
}

/** Refunds that were not sent, and every hour those whose end Stripe has not told. */
export function enqueueUnsentRefunds(db: Db): Promise<number> {
  return enqueueLost(
    db,
    'send_refund',
    sql`SELECT 'refund:' || id AS key, json_build_object('refundId', id) AS payload
      FROM refunds
      WHERE status = 'pending' AND CASE WHEN provider_refund_id IS NULL
        THEN created_at < now() - interval '1 minute' ELSE updated_at < now() - interval '1 hour' END`,
  );
}

/** Events of Stripe that were kept and not applied. */
export function enqueueUnappliedEvents(db: Db): Promise<number> {
  return applyEvents(
    db,
    sql`WHERE state = 'received' AND received_at < now() - interval '2 minutes'`,
  );
}

/** Refunds made at Stripe that were told before their payments, which are known by now. */
export function enqueueEarlyRefunds(db: Db): Promise<number> {
  return applyEvents(
    db,
    sql`JOIN payments ON payments.provider = 'stripe'
        AND provider_payment_id = payload #>> '{data,object,payment_intent}'
      WHERE state = 'parked' AND note = ${UNKNOWN_PAYMENT} AND payments.status = 'succeeded'`,
  );
}

function applyEvents(db: Db, chosen: RawBuilder<unknown>): Promise<number> {
  return enqueueLost(
    db,
    'apply_stripe_event',
    sql`SELECT 'stripe_event:' || event_id AS key,
        json_build_object('eventId', event_id, 'correlationId', correlation_id) AS payload
      FROM webhook_events ${chosen}`,
  );
}
