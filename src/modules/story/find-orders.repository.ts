import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import { isId } from '../../shared/ids.ts';
import type { ActivityEntry } from '../../telemetry/activity.ts';
import { ENTRY } from './activity.repository.ts';
import type { FoundOrder } from './story.model.ts';

const MOST_FOUND = 20;
const LARGEST_NUMBER = 15;

/** The orders that a text names: a number, an id of theirs or of what belongs to them, or of work done for them. */
export async function findOrders(db: Db, text: string): Promise<FoundOrder[]> {
  const { rows } = await sql<FoundOrder>`
    SELECT id, number, status FROM orders
    WHERE id IN (SELECT order_id FROM (${sql.join(leadsOf(text), sql` UNION `)}) AS found (order_id))
    ORDER BY number DESC LIMIT ${MOST_FOUND}`.execute(db);
  return rows;
}

/** What was done under a correlation id, in order, where it led to no order too. */
export async function activityOf(db: Db, correlationId: string): Promise<ActivityEntry[]> {
  const { rows } = await sql<ActivityEntry>`
    SELECT ${ENTRY} FROM activity WHERE correlation_id = ${correlationId} ORDER BY id LIMIT 100`.execute(
    db,
  );
  return rows;
}

/** Each goes by an index, and selects orders' ids. */
function leadsOf(text: string): RawBuilder<unknown>[] {
  const leads = [
    sql`SELECT stream_id FROM outbox_events WHERE correlation_id = ${text}`,
    sql`SELECT order_id FROM activity WHERE correlation_id = ${text}`,
  ];
  const number = /^\d+$/.exec(text)?.[0];
  if (number !== undefined && number.length <= LARGEST_NUMBER)
    leads.push(sql`SELECT id FROM orders WHERE number = ${number}::bigint`);
  if (isId(text)) leads.push(...ofOurId(text));
  if (/^(cs|pi|re|evt)_/.test(text)) leads.push(...ofStripeId(text));
  return leads;
}

function ofOurId(id: string): RawBuilder<unknown>[] {
  return [
    sql`SELECT ${id}::uuid`,
    sql`SELECT order_id FROM payments WHERE id = ${id}`,
    sql`SELECT order_id FROM refunds WHERE id = ${id}`,
    sql`SELECT order_id FROM checkout_sessions WHERE id = ${id}`,
    sql`SELECT stream_id FROM outbox_events WHERE id = ${id}`,
    sql`SELECT stream_id FROM webhook_deliveries AS delivery
      JOIN outbox_events ON outbox_events.id = delivery.event_id WHERE delivery.id = ${id}`,
  ];
}

function ofStripeId(id: string): RawBuilder<unknown>[] {
  const ours = sql`coalesce(payload #>> '{data,object,metadata,order_id}', payload #>> '{data,object,metadata,refund_id}')`;
  const told = sql`
    SELECT CASE WHEN ${ours} ~* '^[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}$' THEN (${ours})::uuid END AS id,
      payload #>> '{data,object,id}' AS object, payload #>> '{data,object,payment_intent}' AS intent
    FROM webhook_events
    WHERE (provider = 'stripe' AND event_id = ${id}) OR payload #>> '{data,object,id}' = ${id}`;
  return [
    sql`SELECT order_id FROM checkout_sessions WHERE stripe_session_id = ${id}`,
    sql`SELECT order_id FROM payments WHERE provider = 'stripe' AND provider_payment_id = ${id}`,
    sql`SELECT order_id FROM refunds WHERE provider_refund_id = ${id}`,
    sql`SELECT told.id FROM (${told}) AS told`,
    sql`SELECT order_id FROM (${told}) AS told JOIN refunds USING (id)`,
    sql`SELECT order_id FROM (${told}) AS told
      JOIN payments ON provider = 'stripe' AND provider_payment_id IN (told.intent, told.object)`,
    sql`SELECT order_id FROM (${told}) AS told JOIN checkout_sessions ON stripe_session_id = told.object`,
  ];
}
