import { dashboard } from '../kit/dashboard.ts';
import { lines, number, orNothing } from '../kit/panels.ts';

const REQUESTS = 'requests-fail-or-crawl.md#checkout';

const perMinute = (metric: string, by: string) =>
  `60 * sum by (${by}) (rate(${metric}[$__rate_interval]))`;
const inRange = (metric: string) => `sum(increase(${metric}[$__range]))`;

/** What the shop is there for: orders, money, units. */
export const business = dashboard(
  {
    uid: 'business',
    title: 'business',
    description:
      'Orders, money and units, as processes counted them; the console has the exact numbers.',
  },
  {
    'In the time shown': [
      number({
        title: 'Orders placed',
        description: 'About: counted by processes and carried over the ends of the time shown.',
        unit: 'short',
        runbook: REQUESTS,
        query: inRange('orders_created_total'),
      }),
      number({
        title: 'Units in paid orders',
        description: 'Units, not lines.',
        unit: 'short',
        runbook: REQUESTS,
        query: inRange('products_sold_total'),
      }),
      number({
        title: 'Orders paid, of those placed',
        description: 'Paid ÷ placed; orders of before may be paid in it, so it can be above 1.',
        unit: 'percentunit',
        runbook: REQUESTS,
        query: `${inRange('purchase_steps_total{step="order_paid"}')} / ${inRange('purchase_steps_total{step="order_placed"}')}`,
      }),
      number({
        title: 'Orders that ran out',
        description: 'Not paid in time; their stock is free again.',
        unit: 'short',
        runbook: REQUESTS,
        query: inRange('orders_expired_total'),
      }),
      number({
        title: 'Orders refused',
        description: 'Of them insufficient_stock: oversells that did not happen.',
        unit: 'short',
        runbook: REQUESTS,
        query: orNothing(inRange('orders_refused_total')),
      }),
      number({
        title: 'Payments refused',
        description: 'By banks, for the reasons below.',
        unit: 'short',
        runbook: 'stripe-unreachable.md',
        query: orNothing(inRange('payments_failed_total')),
      }),
    ],
    Purchases: [
      lines({
        title: 'Orders placed per minute, by currency',
        description: 'Falls to 0 where checkout does not work, or nobody comes.',
        unit: 'short',
        runbook: REQUESTS,
        queries: { '{{currency}}': perMinute('orders_created_total', 'currency') },
      }),
      lines({
        title: 'Steps of purchases per minute',
        description: 'Where people leave: each step beside the one before.',
        unit: 'short',
        runbook: REQUESTS,
        queries: { '{{step}}': perMinute('purchase_steps_total', 'step') },
      }),
      lines({
        title: 'Orders refused per minute, by code',
        description: 'insufficient_stock: more wanted than there is.',
        unit: 'short',
        runbook: REQUESTS,
        queries: { '{{code}}': orNothing(perMinute('orders_refused_total', 'code')) },
      }),
      lines({
        title: 'Orders that ran out per minute',
        description: 'Reservations that nobody paid in time.',
        unit: 'short',
        runbook: REQUESTS,
        queries: { expired: '60 * sum(rate(orders_expired_total[$__rate_interval]))' },
      }),
    ],
    Money: [
      lines({
        title: 'Captured per minute, in minor units',
        description: 'Cents, by currency.',
        unit: 'short',
        runbook: 'parked-money.md',
        queries: { '{{currency}}': perMinute('revenue_minor_units_total', 'currency') },
      }),
      lines({
        title: 'Refunded per minute, in minor units',
        description: 'Cents, by currency.',
        unit: 'short',
        runbook: 'refund-pending.md',
        queries: { '{{currency}}': orNothing(perMinute('refunds_minor_units_total', 'currency')) },
      }),
      lines({
        title: 'Payments refused per minute, by reason',
        description:
          'Decline codes of banks. Many at once: somebody tries cards, or Stripe has trouble.',
        unit: 'short',
        runbook: 'stripe-unreachable.md',
        queries: { '{{reason}}': orNothing(perMinute('payments_failed_total', 'reason')) },
      }),
      lines({
        title: 'Units in paid orders per minute',
        description: 'All products.',
        unit: 'short',
        runbook: REQUESTS,
        queries: { units: '60 * sum(rate(products_sold_total[$__rate_interval]))' },
      }),
    ],
  },
);
