import type Stripe from 'stripe';
import { type Db, inTransaction } from '../../database/database.ts';
import { notFound } from '../../shared/errors.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { refusedAs } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { WebhookState } from './payments.model.ts';
import { countRefund } from './refunds.service.ts';
import { countSale } from './settle.service.ts';
import { applyToShop } from './stripe-events.service.ts';
import {
  findEvent,
  listEvents as findEvents,
  lockOpenEvent,
  noteFailure,
  settleEvent,
  type WebhookEventRow,
} from './webhooks.repository.ts';

/**
 * Applies a kept event in one transaction with the note that it is done, whatever the order of arrival. Money that
 * does not match is parked for a person, with a log line and a metric that alerts.
 */
export async function applyEvent(
  { db, logger, metrics }: { db: Db; logger: Logger; metrics: Metrics },
  id: string,
): Promise<void> {
  const begun = performance.now();
  try {
    const outcome = await inTransaction(db, async (tx) => {
      const row = await lockOpenEvent(tx, id);
      if (!row) return null;
      const result = await applyToShop(tx, row.payload as Stripe.Event);
      await settleEvent(tx, id, { state: result.state, note: result.note });
      return { ...result, waited: row.waited };
    });
    if (!outcome) return;
    metrics.webhooks.inc({ outcome: outcome.state });
    metrics.webhookLag.observe(outcome.waited + (performance.now() - begun) / 1000);
    if (outcome.declined !== undefined) metrics.paymentsFailed.inc({ reason: outcome.declined });
    if (outcome.sale) countSale(metrics, outcome.sale);
    if (outcome.refunded) countRefund(metrics, outcome.refunded);
    if (outcome.state === 'parked') refusedAs('parked');
    if (outcome.state === 'parked')
      logger.error({ eventId: id, note: outcome.note }, 'stripe event parked');
  } catch (error) {
    metrics.webhooks.inc({ outcome: 'failed' });
    await noteFailure(db, id, error instanceof Error ? error.message : 'unknown failure');
    throw error;
  }
}

export { readWebhookBacklog } from './webhooks.repository.ts';

export type WebhookEvent = WebhookEventRow;

/** One received event. @throws ShopError not_found. */
export async function getEvent(db: Db, id: string): Promise<WebhookEvent> {
  const event = await findEvent(db, id);
  if (!event) throw notFound('The event');
  return event;
}

/** A page of received events, newest first. */
export function listEvents(
  db: Db,
  filter: { state?: WebhookState | undefined },
  page: PageRequest,
): Promise<Page<WebhookEvent>> {
  return findEvents(db, filter, page);
}
