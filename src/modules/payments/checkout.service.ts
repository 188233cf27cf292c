import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { concerns } from '../../telemetry/context.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Order } from '../orders/orders.model.ts';
import { getOrder, lockOrder, type Owner } from '../orders/orders.service.ts';
import {
  endCheckout,
  findCheckout,
  insertCheckout,
  liveCheckout,
  markOpen,
  openCheckouts,
} from './checkout.repository.ts';
import { cancelAnnounced } from './manual-payments.service.ts';
import { settleManuallyWithin } from './settle.service.ts';
import { type OpenedSession, type StripeGateway, StripeRefusal } from './stripe.gateway.ts';

export interface CheckoutDeps {
  readonly db: Db;
  readonly stripe: StripeGateway;
  readonly publicUrl: string;
  readonly metrics: Metrics;
}

export interface Checkout {
  readonly orderId: string;
  readonly sessionId: string;
  /** Where the customer pays. */
  readonly url: string;
  readonly expiresAt: string;
}

/** Stripe's shortest life of a session is 30 minutes; a little more, so that a slow clock does not matter. */
const SESSION_MINUTES = 31;
/** Half of what jobs may ask of Stripe at the same time. */
const CLOSED_AT_ONCE = 4;

/**
 * Opens the payment page of a pending order, or gives the one that is open. Racing callers share one row, hence one
 * idempotency key, hence one Stripe session. The call to Stripe is outside any transaction.
 * @throws ShopError not_found, conflict (paid, closed or not payable), payment_provider_unavailable.
 */
export async function startCheckout(
  deps: CheckoutDeps,
  owner: Owner,
  orderId: string,
): Promise<Checkout> {
  const { db } = deps;
  concerns(orderId);
  const order = await getOrder(db, owner, orderId);
  if (order.total.amount === 0) return settleFree(deps, owner, orderId);
  const row = await inTransaction(db, (tx) => payableCheckout(tx, orderId));
  if (row.status === 'open') return toCheckout(row);
  try {
    await markOpen(db, row.id, await askForPage(deps, order, row));
    deps.metrics.purchaseSteps.inc({ step: 'payment_opened' });
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    await endCheckout(db, row.id, 'failed');
    // Begun a while ago, it would end too soon for Stripe to open it now; another one does not.
    if (!row.isFresh) return startCheckout(deps, owner, orderId);
    throw new ShopError('conflict', `The payment page could not be opened: ${error.message}`);
  }
  const current = await findCheckout(db, row.id);
  if (!current) throw new Error('a checkout vanished');
  return toCheckout(current);
}

/** Asks Stripe for the page of a checkout, always with the same words, so that asking again opens no second one. */
export function askForPage(
  { stripe, publicUrl }: Pick<CheckoutDeps, 'stripe' | 'publicUrl'>,
  order: Order,
  row: { id: string; email: string; expires_at: Date },
): Promise<OpenedSession> {
  return stripe.openSession({
    checkoutId: row.id,
    orderId: order.id,
    orderNumber: order.number,
    email: row.email,
    currency: order.currency,
    lines: order.items.map(({ title, unitPrice, quantity }) => ({
      title,
      unitAmount: unitPrice.amount,
      quantity,
    })),
    expiresAt: row.expires_at,
    successUrl: `${publicUrl}/orders/${order.id}?paid=1`,
    cancelUrl: `${publicUrl}/orders/${order.id}`,
  });
}

/**
 * Shuts what orders that need no more money could still be paid by: their payment pages and announced manual
 * payments. Money that comes to a page all the same is given back. A page that was asked for without an answer is left
 * to finishCheckout.
 */
export async function closeCheckouts(
  { db, stripe }: Pick<CheckoutDeps, 'db' | 'stripe'>,
  orderIds: readonly string[],
): Promise<void> {
  await cancelAnnounced(db, orderIds);
  const pages = (await openCheckouts(db, orderIds)).values();
  const lane = async () => {
    for (const { id, stripe_session_id: sessionId } of pages) {
      try {
        if (sessionId !== null) await stripe.closeSession(sessionId);
      } catch (error) {
        // Already paid or over: its own event says what happened.
        if (!(error instanceof StripeRefusal)) throw error;
      }
      await endCheckout(db, id, 'expired');
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: CLOSED_AT_ONCE }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** The live checkout of a payable order, under the order's lock; made where there is none. */
async function payableCheckout(tx: Tx, orderId: string) {
  const order = await lockOrder(tx, orderId);
  if (order?.status !== 'pending' || !order.reservation_live)
    throw new ShopError(
      'conflict',
      order?.status === 'pending' || order?.status === 'expired'
        ? 'The reservation of this order ran out: place a new order.'
        : `This order is ${order?.status}; it cannot be paid.`,
    );
  const live = await liveCheckout(tx, orderId);
  if (live && !live.isOver) return live;
  if (live) await endCheckout(tx, live.id, 'expired');
  const row = await insertCheckout(tx, {
    id: newId(),
    orderId,
    amount: order.total,
    currency: order.currency,
    email: order.email,
    minutes: SESSION_MINUTES,
  });
  return { ...row, isFresh: true };
}

/**
 * An order that costs nothing needs no payment page: it is paid at once, and the order's page is the next step. So it is
 * for whoever asks again, as the answer of the first time may be lost.
 */
async function settleFree(deps: CheckoutDeps, owner: Owner, orderId: string): Promise<Checkout> {
  const committed = await inTransaction(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (order?.status === 'paid') return () => {};
    return settleManuallyWithin(tx, deps.metrics, orderId, null);
  });
  committed();
  const order = await getOrder(deps.db, owner, orderId);
  return {
    orderId: order.id,
    sessionId: `free_${order.id}`,
    url: `${deps.publicUrl}/orders/${order.id}?paid=1`,
    expiresAt: order.updatedAt,
  };
}

function toCheckout(row: {
  order_id: string;
  stripe_session_id: string | null;
  url: string | null;
  expires_at: Date;
}): Checkout {
  if (row.stripe_session_id === null || row.url === null)
    throw new ShopError('conflict', 'This order was closed while its payment page was opened.');
  return {
    orderId: row.order_id,
    sessionId: row.stripe_session_id,
    url: row.url,
    expiresAt: row.expires_at.toISOString(),
  };
}
