import type { Reply } from '../../http/app-type.ts';
import type { Browser } from '../../http/browser.ts';
import { seeOther } from '../../http/ways.ts';
import { ShopError } from '../../shared/errors.ts';
import { refusedAs } from '../../telemetry/context.ts';
import { getOrder } from '../orders/orders.service.ts';
import { type CheckoutDeps, startCheckout } from '../payments/checkout.service.ts';

/**
 * Sends the shopper to the payment page of their order. Where it cannot be opened they land on the order's page,
 * which says why and offers to try again. @throws ShopError not_found, also for somebody else's order.
 */
export async function goToPayment(
  deps: CheckoutDeps & { readonly browser: Browser },
  reply: Reply,
  { customerId, orderId }: { customerId: string; orderId: string },
): Promise<Reply> {
  try {
    const { url } = await startCheckout(deps, customerId, orderId);
    return reply.redirect(url, 303);
  } catch (error) {
    if (!(error instanceof ShopError)) throw error;
    refusedAs(error.code);
    const { status } = await getOrder(deps.db, customerId, orderId);
    // The page of an order that is paid or closed explains itself.
    if (status === 'pending') deps.browser.flash(reply, { kind: 'error', text: explain(error) });
    return seeOther(reply, `/orders/${orderId}`);
  }
}

function explain({ code, message }: ShopError): string {
  return code === 'payment_provider_unavailable'
    ? 'Your order is placed and kept for you, but payments cannot be taken for the moment. Nothing was charged: please try “Pay now” again in a minute.'
    : message;
}
