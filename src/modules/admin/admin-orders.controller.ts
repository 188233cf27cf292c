import { createHash } from 'node:crypto';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import type { IdempotencyClaim } from '../../http/idempotency.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import { invalid } from '../../shared/errors.ts';
import { decimalOf, formatMoney, type Money, parseDecimal } from '../../shared/money.ts';
import type { OrderStatus } from '../orders/orders.model.ts';
import { advanceOrder, cancelOrder, getOrder, listOrders } from '../orders/orders.service.ts';
import { refundOrder } from '../payments/refunds.service.ts';
import { settleManually } from '../payments/settle.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import { orderPage, type RefundState } from './admin-order.views.ts';
import { readOrder } from './admin-orders.service.ts';
import { ordersPage } from './admin-orders.views.ts';
import type { AdminDeps } from './admin-page.ts';

interface OrdersFilter {
  readonly q?: string;
  readonly cursor?: string;
  readonly status?: OrderStatus | '';
}

interface RefundForm {
  /** Decimal text; empty for all that is left. */
  readonly amount: string;
  readonly reason: string;
  /** Made with the form, so that sending it twice refunds once. */
  readonly key: string;
}

/** Requests about orders, each turned into one use case; a refusal is shown on the order's own page. */
export function orderController(deps: AdminDeps) {
  const { db, reads, browser, chromeOf } = deps;

  const page = async (request: Request, reply: Reply, id: string, state: RefundState = {}) =>
    orderPage(await chromeOf(request, reply), await readOrder(db, id), state);

  /** Does one thing to an order and shows the order again, with what was done or why it was not. */
  const act = (
    request: Request,
    reply: Reply,
    id: string,
    done: string,
    work: () => Promise<unknown>,
  ) =>
    workOrShowAgain(request, reply, {
      work: async () => {
        await work();
        browser.flash(reply, { kind: 'success', text: done });
        return seeOther(reply, `/admin/orders/${id}`);
      },
      again: (errors) => page(request, reply, id, { errors }),
    });

  return {
    async list(request: Request, reply: Reply, { q, cursor, status }: OrdersFilter) {
      const filter = { query: q || undefined, status: status || undefined };
      const orders = await reads.at(request.since, (from) =>
        listOrders(from, null, filter, { limit: PAGE_SIZE, cursor }),
      );
      return sendPage(
        reply,
        ordersPage(await chromeOf(request, reply), orders, { q, cursor, status }),
      );
    },

    async show(request: Request, reply: Reply, id: string) {
      return sendPage(reply, await page(request, reply, id));
    },

    markPaid: (request: Request, reply: Reply, id: string) =>
      act(request, reply, id, 'Marked as paid.', () =>
        settleManually(deps, id, principalOf(request).userId),
      ),

    advance: (request: Request, reply: Reply, id: string, to: 'fulfilled' | 'delivered') =>
      act(request, reply, id, `Marked as ${to}.`, () => advanceOrder(db, id, to)),

    cancel: (request: Request, reply: Reply, id: string) =>
      act(request, reply, id, 'Cancelled; its stock is free again.', () =>
        cancelOrder(db, null, id),
      ),

    async refund(request: Request, reply: Reply, id: string, form: RefundForm) {
      const typed = { amount: form.amount, reason: form.reason };
      return workOrShowAgain(request, reply, {
        work: async () => {
          const { currency } = await getOrder(db, null, id);
          const amount = amountOf(form.amount, currency);
          await refundOrder(deps, {
            orderId: id,
            amount,
            reason: form.reason.trim(),
            actorId: principalOf(request).userId,
            claim: refundClaim(principalOf(request).userId, id, form),
          });
          const what = amount ? formatMoney(amount) : 'What was left';
          browser.flash(reply, { kind: 'success', text: `${what} goes back to the customer.` });
          return seeOther(reply, `/admin/orders/${id}`);
        },
        again: (errors) => page(request, reply, id, { typed, refundErrors: errors }),
      });
    },
  };
}

/** @throws ShopError validation_failed when the text is not an amount of this currency. */
function amountOf(text: string, currency: string): Money | null {
  if (text.trim() === '') return null;
  const amount = parseDecimal(text, currency);
  if (amount === null || amount === 0)
    throw invalid(
      'amount',
      `Type an amount above zero, such as ${decimalOf({ amount: 1250, currency })}.`,
    );
  return { amount, currency };
}

function refundClaim(
  actorId: string,
  id: string,
  { amount, reason, key }: RefundForm,
): IdempotencyClaim {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([id, amount, reason]))
    .digest('hex');
  return { actorId, route: 'POST /admin/orders/:id/refunds', key, fingerprint };
}
