import { formatMoney } from '../../shared/money.ts';
import { type Facts, type OpenCircuits, quoted } from './story.model.ts';
import { isUnpaid, isYoung, lastWithCode, type Trouble } from './trouble-kinds.model.ts';

/** Payment pages that do not open. */
export function checkoutTroubles(facts: Facts, openCircuits: OpenCircuits): Trouble[] {
  if (facts.order.status !== 'pending') return [];
  const last = facts.checkouts.at(-1);
  if (last?.status === 'failed')
    return [
      {
        step: 'checkout',
        severity: 'bad',
        what: 'The payment page could not be opened: Stripe refused it.',
        runbook: 'one-order.md#the-payment-page-does-not-open',
        href: `/admin/orders/${facts.order.id}`,
        since: last.updatedAt,
      },
    ];
  const failed = lastWithCode(facts, 'payment_provider_unavailable');
  if (last?.status !== 'creating' || failed === undefined) return [];
  const circuit = openCircuits.includes('stripe') ? ' (its circuit is open)' : '';
  return [
    {
      step: 'checkout',
      severity: 'bad',
      what: `The payment page could not be opened: Stripe did not answer${circuit}. The order waits, nothing was charged.`,
      runbook: 'stripe-unreachable.md',
      href: '/admin/operations',
      since: failed.at,
    },
  ];
}

/** Declined cards, orders that were not paid in time, payments that nobody told of, and money too much. */
export function paymentTroubles(facts: Facts): Trouble[] {
  const { order, payments, checkouts, stripeEvents } = facts;
  const href = `/admin/orders/${order.id}`;
  const troubles: Trouble[] = [];
  const declined = payments.findLast(({ status }) => status === 'failed');
  if (declined && isUnpaid(facts))
    troubles.push({
      step: 'payment',
      severity: 'warn',
      what: `The card was declined${declined.declines > 1 ? ` ${declined.declines} times` : ''}: ${quoted(declined.failureCode)}. The customer may try again with another card.`,
      runbook: 'one-order.md#the-card-was-declined',
      href,
      since: declined.updatedAt,
    });
  if (order.status === 'expired')
    troubles.push({
      step: 'reservation',
      severity: 'warn',
      what: 'The order expired: it was not paid while its stock was held. Money that comes now pays it if there is stock, and goes back if not.',
      runbook: 'one-order.md#the-order-expired',
      href,
      since: order.updatedAt,
    });
  const open = checkouts.at(-1);
  const heard = stripeEvents.some(({ state }) => state === 'received' || state === 'parked');
  if (order.status === 'pending' && open?.status === 'open' && !declined && !heard) {
    const back = lastWithCode(facts, 'payment_not_heard_of');
    const late = back !== undefined && !isYoung(facts, back.at);
    troubles.push({
      step: 'webhook',
      severity: late ? 'bad' : 'warn',
      what: `Stripe has told of no payment yet${back ? ', though the customer came back from the payment page' : ''}. If they paid, the webhook was lost: have the shop compared with Stripe.`,
      runbook: 'one-order.md#paid-at-stripe-not-here',
      href: '/admin/tasks',
      since: back?.at ?? open.createdAt,
    });
  }
  for (const { amount, currency, createdAt } of payments.filter(isExtra))
    troubles.push({
      step: 'payment',
      severity: 'warn',
      what: `A payment of ${formatMoney({ amount, currency })} came that the order did not need or could not take; it is given back.`,
      runbook: 'one-order.md#money-that-was-not-needed',
      href,
      since: createdAt,
    });
  return troubles;
}

function isExtra({ status, settlesOrder }: Facts['payments'][number]): boolean {
  return status === 'succeeded' && !settlesOrder;
}
