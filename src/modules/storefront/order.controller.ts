import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { refusal } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import { notFound } from '../../shared/errors.ts';
import { isId } from '../../shared/ids.ts';
import { refusedAs } from '../../telemetry/context.ts';
import { variantsById } from '../catalog/catalog.service.ts';
import { cancelOrder, getOrder } from '../orders/orders.service.ts';
import { goToPayment } from './go-to-payment.ts';
import { orderPage } from './order.views.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

const LOOK_AGAIN_SECONDS = 2;
/** A minute; word from the payment provider mostly takes a second. */
const MOST_LOOKS = 30;

/** What a customer does with an order of theirs. */
export function orderController(deps: StorefrontDeps) {
  const { db, browser, chromeOf } = deps;
  return {
    async show(request: Request, reply: Reply, id: string, looks: number | undefined) {
      const order = await getOrder(db, principalOf(request).userId, known(id));
      const variants = await variantsById(
        db,
        order.items.map(({ variantId }) => variantId),
      );
      const confirming = looks !== undefined && order.status === 'pending';
      // For whoever looks for a payment that they say they made.
      if (confirming && (looks === 1 || looks > MOST_LOOKS)) refusedAs('payment_not_heard_of');
      // Without a script, and only until the payment is known.
      if (confirming && looks <= MOST_LOOKS)
        reply.header('refresh', `${LOOK_AGAIN_SECONDS}; url=/orders/${id}?paid=${looks + 1}`);
      const payment = !confirming ? 'none' : looks <= MOST_LOOKS ? 'confirming' : 'late';
      const justPaid = looks !== undefined && order.status === 'paid';
      const chrome = await chromeOf(request, reply);
      return sendPage(reply, orderPage(chrome, { order, variants, payment, justPaid }));
    },

    async pay(request: Request, reply: Reply, id: string) {
      const customerId = principalOf(request).userId;
      return goToPayment(deps, reply, { customerId, orderId: known(id) });
    },

    async cancel(request: Request, reply: Reply, id: string) {
      const customerId = principalOf(request).userId;
      try {
        await cancelOrder(db, customerId, known(id));
      } catch (error) {
        const [refused] = refusal(request, reply, error);
        if (reply.statusCode === 404) throw error;
        browser.flash(reply, { kind: 'error', text: refused?.message ?? '' });
      }
      return seeOther(reply, `/orders/${id}`);
    },
  };
}

function known(id: string): string {
  if (!isId(id)) throw notFound('The order');
  return id;
}
