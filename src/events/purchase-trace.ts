import type { Tx } from '../database/database.ts';
import { contextOf, currentCause, inSpan, linksTo, type SpanName } from '../telemetry/spans.ts';

/**
 * Runs work on an order in a span of the trace in which the order was placed, so that one trace shows a purchase from
 * the click to the last parcel; the trace under way is linked to it.
 */
export async function inPurchase<T>(
  tx: Tx,
  orderId: string,
  name: SpanName,
  work: () => Promise<T>,
): Promise<T> {
  const { traceparent } = currentCause();
  if (traceparent === null) return work();
  const placed = await tx
    .selectFrom('outbox_events')
    .select('traceparent')
    .where('stream_id', '=', orderId)
    .where('sequence', '=', 1)
    .executeTakeFirst();
  const purchase = placed?.traceparent ?? traceparent;
  return inSpan(name, { 'mainstay.order.id': orderId }, work, {
    parent: contextOf(purchase),
    links: linksTo(traceparent),
  });
}
