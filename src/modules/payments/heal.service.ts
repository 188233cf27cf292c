import type Stripe from 'stripe';
import { type Db, inTransaction } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { endCheckout } from './checkout.repository.ts';
import { receiveEvent } from './receive-event.service.ts';
import { countRefund } from './refunds.service.ts';
import { countSale } from './settle.service.ts';
import { refundStatus, type StripeGateway, StripeRefusal } from './stripe.gateway.ts';
import { intentSucceeded, type Outcome, refundChanged } from './stripe-events.service.ts';
import { applyEvent } from './webhooks.service.ts';

export { refundStatus };

export interface HealDeps {
  readonly db: Db;
  readonly stripe: StripeGateway;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Takes an event in whose webhook never came, exactly as if it had, and applies it at once rather than when its job
 * runs; false where the shop had it.
 */
export async function takeInEvent(deps: HealDeps, event: Stripe.Event): Promise<boolean> {
  const outcome = await receiveEvent(deps, event, JSON.stringify(event));
  if (outcome === 'duplicate') return false;
  if (outcome === 'received')
    await applyEvent(deps, event.id).catch((error: unknown) =>
      deps.logger.warn({ err: error, eventId: event.id }, 'its job will apply this event'),
    );
  return true;
}

/** Takes a captured payment in that no event told of. A note where it cannot be: the money does not fit. */
export async function takeInPayment(
  { db, metrics }: HealDeps,
  intent: Stripe.PaymentIntent,
): Promise<{ refused: string | null }> {
  const outcome = await inTransaction(db, (tx) => intentSucceeded(tx, intent));
  if (outcome.sale) countSale(metrics, outcome.sale);
  return { refused: refusalOf(outcome) };
}

/** Notes a refund's fate that no event told of. A note where it does not fit the shop's books. */
export async function takeInRefund(
  { db, metrics }: HealDeps,
  refund: Stripe.Refund,
): Promise<{ refused: string | null }> {
  try {
    const outcome = await inTransaction(db, (tx) => refundChanged(tx, refund));
    if (outcome.refunded) countRefund(metrics, outcome.refunded);
    return { refused: refusalOf(outcome) };
  } catch (error) {
    // More would have gone back than came in.
    if (!(error instanceof ShopError && error.code === 'conflict')) throw error;
    return { refused: error.message };
  }
}

/** Closes a payment page that must not be paid any more; false where it was over already. */
export async function closeStrayPage(
  { db, stripe }: HealDeps,
  { checkoutId, sessionId }: { checkoutId: string; sessionId: string },
): Promise<boolean> {
  try {
    await stripe.closeSession(sessionId);
  } catch (error) {
    // Paid or over meanwhile: its own event says what happened.
    if (!(error instanceof StripeRefusal)) throw error;
    return false;
  }
  await endCheckout(db, checkoutId, 'expired');
  return true;
}

function refusalOf({ state, note }: Outcome): string | null {
  return state === 'parked' ? (note ?? 'it does not match') : null;
}
