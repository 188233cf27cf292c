import type { StandInContext } from './context.ts';
import type { Payment } from './payments.ts';
import { expire, isOverdue } from './sessions.ts';
import type { Transaction } from './store.ts';
import type { Checkout } from './tables.ts';

/** How an attempt on a session ended, or why there was none. */
export type SessionPayment =
  | Payment
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'complete' | 'expired'; readonly checkout: Checkout };

/**
 * Attempts to pay a session if it is open. Attempts run one after another, so a session is charged
 * once however many arrive together; what is answered is on disk.
 */
export function attemptPayment(
  context: StandInContext,
  sessionId: string,
  attempt: (tx: Transaction, checkout: Checkout) => Payment,
): Promise<SessionPayment> {
  return context.store.transact((tx): SessionPayment => {
    const checkout = tx.get('checkouts', sessionId);
    if (checkout === undefined) return { outcome: 'unknown' };
    if (isOverdue(context, checkout)) {
      return { outcome: 'expired', checkout: expire(context, tx, checkout) };
    }
    if (checkout.session.status === 'open') return attempt(tx, checkout);
    const outcome = checkout.session.status === 'complete' ? 'complete' : 'expired';
    return { outcome, checkout };
  });
}
