import { concerns } from '../../telemetry/context.ts';
import { getOrder } from '../orders/orders.service.ts';
import { endCheckout, findCheckout, markOpen } from './checkout.repository.ts';
import { askForPage, type CheckoutDeps, closeCheckouts } from './checkout.service.ts';
import { mayBeForgotten, type OpenedSession, StripeRefusal } from './stripe.gateway.ts';

type FinishDeps = Pick<CheckoutDeps, 'db' | 'stripe' | 'publicUrl'>;

/**
 * Finishes a checkout whose page was asked for and whose answer was lost: asks again with the same key, then opens it
 * where the order still waits and closes it where not. Safe to repeat.
 */
export async function finishCheckout(deps: FinishDeps, id: string): Promise<void> {
  const { db } = deps;
  const row = await findCheckout(db, id);
  if (row?.status !== 'creating') return;
  concerns(row.order_id);
  const forgotten = mayBeForgotten(row.created_at);
  const page = forgotten
    ? await deps.stripe.findSession({ id, askedAt: row.created_at })
    : await askAgain(deps, row);
  if (page === null) return endCheckout(db, id, 'failed');
  await markOpen(db, id, page);
  // A page found so late is over; had it been paid, its own event would say so.
  if (forgotten) return endCheckout(db, id, 'expired');
  const { status } = await getOrder(db, null, row.order_id);
  if (status !== 'pending') await closeCheckouts(deps, [row.order_id]);
}

async function askAgain(
  deps: FinishDeps,
  row: { id: string; order_id: string; email: string; expires_at: Date },
): Promise<OpenedSession | null> {
  try {
    return await askForPage(deps, await getOrder(deps.db, null, row.order_id), row);
  } catch (error) {
    // Never made, and too late for its end now.
    if (error instanceof StripeRefusal) return null;
    throw error;
  }
}
