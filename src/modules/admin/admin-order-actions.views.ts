import { confirmAction } from '../../http/buttons.views.ts';
import { may } from '../../http/console.views.ts';
import { errorSummary, field } from '../../http/forms.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import { newId } from '../../shared/ids.ts';
import { decimalOf, formatMoney } from '../../shared/money.ts';
import type { RefundState } from './admin-order.views.ts';
import type { OrderCase } from './admin-orders.service.ts';

/** The acts that an order's state and the rights of who looks allow, each confirmed. */
export function orderActions(chrome: Chrome, found: OrderCase, state: RefundState): Html[] {
  const { csrfToken } = chrome;
  const acts = [
    ...(may(chrome, 'orders:write') ? stepActions(csrfToken, found) : []),
    may(chrome, 'refunds:write') &&
      found.refundable.amount > 0 &&
      refundAction(csrfToken, found, state),
  ];
  return acts.filter((act) => act !== false);
}

function stepActions(csrfToken: string, found: OrderCase): (Html | false)[] {
  const { order } = found;
  const act = (step: string) => ({ action: `/admin/orders/${order.id}/${step}`, csrfToken });
  return [
    order.status === 'pending' &&
      confirmAction({
        ...act('paid'),
        kind: 'primary',
        label: 'Mark as paid',
        question: `Was order ${order.number} paid?`,
        detail: `Only when ${formatMoney(order.total)} arrived outside Stripe, by transfer or in cash.`,
        confirmLabel: 'Yes, it is paid',
      }),
    order.status === 'paid' &&
      !goesBack(found) &&
      confirmAction({
        ...act('fulfilled'),
        kind: 'primary',
        label: 'Fulfil',
        question: `Send order ${order.number}?`,
        detail: 'Its units leave the stock.',
        confirmLabel: 'Mark as fulfilled',
      }),
    order.status === 'fulfilled' &&
      confirmAction({
        ...act('delivered'),
        kind: 'primary',
        label: 'Deliver',
        question: `Did order ${order.number} arrive?`,
        confirmLabel: 'Mark as delivered',
      }),
    order.status === 'pending' &&
      confirmAction({
        ...act('cancelled'),
        label: 'Cancel order',
        question: `Cancel order ${order.number}?`,
        detail: 'Its units go back to stock. It cannot be taken up again.',
        confirmLabel: 'Cancel the order',
      }),
  ];
}

function refundAction(csrfToken: string, found: OrderCase, state: RefundState): Html {
  const { order, refundable } = found;
  const { typed, refundErrors: errors } = state;
  return confirmAction({
    action: `/admin/orders/${order.id}/refunds`,
    csrfToken,
    label: 'Refund',
    question: `Refund order ${order.number}?`,
    detail: `Up to ${formatMoney(refundable)} can go back to the customer. It cannot be taken back.`,
    confirmLabel: 'Refund',
    open: errors !== undefined,
    fields: html`${errorSummary(errors, 'Nothing was refunded')}
      <input type="hidden" name="key"${attributes({ value: newId() })}>
      ${field({
        name: 'amount',
        label: `Amount in ${order.currency}`,
        inputmode: 'decimal',
        value: typed?.amount ?? decimalOf(refundable),
        errors,
        required: true,
        width: 'short',
        maxlength: 30,
      })}
      ${field({ name: 'reason', label: 'Reason (optional)', value: typed?.reason, errors, maxlength: 500 })}`,
  });
}

/** A fully refunded order gave its units back, or will once Stripe has refunded it, so there is nothing to send. */
function goesBack({ order, refundable }: OrderCase): boolean {
  return order.total.amount > 0 && refundable.amount === 0;
}
