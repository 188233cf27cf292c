import type { MetricKinds } from './metric-kinds.ts';

/** Orders, and the money for them. */
export function shopMetrics({ counter }: MetricKinds) {
  return {
    ordersCreated: counter('orders_created_total', 'Orders placed.', 'currency'),
    ordersRefused: counter(
      'orders_refused_total',
      'Orders refused at placement, by problem code; insufficient_stock is an oversell that did not happen.',
      'code',
    ),
    ordersExpired: counter(
      'orders_expired_total',
      'Pending orders whose reservation ran out, their stock returned.',
    ),
    revenue: counter(
      'revenue_minor_units_total',
      'Money captured for orders, in minor units of the currency.',
      'currency',
    ),
    refunds: counter(
      'refunds_minor_units_total',
      'Money refunded, in minor units of the currency.',
      'currency',
    ),
    productsSold: counter('products_sold_total', 'Units in paid orders.'),
    purchaseSteps: counter(
      'purchase_steps_total',
      'Steps of purchases, by step: product_viewed, cart_added, order_placed, payment_opened, order_paid.',
      'step',
    ),
    paymentsFailed: counter(
      'payments_failed_total',
      'Payments that were refused, by the reason given (decline code).',
      'reason',
    ),
    ledgerRepaired: counter(
      'ledger_movements_repaired_total',
      'Movements of money that the ledger lacked and the sweep posted; beside an older version only.',
    ),
    reconciliationHealed: counter(
      'reconciliation_healed_total',
      'What was lost between Stripe and the shop and put right by reconciliation: events, sessions, refunds, payments.',
      'kind',
    ),
  };
}
