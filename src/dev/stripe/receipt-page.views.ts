import type Stripe from 'stripe';
import { html } from '../../http/html.ts';
import { formatAmount } from './currency.ts';
import { payLayout } from './pay-layout.views.ts';

/** The receipt of a charge, behind its `receipt_url`. */
export function receiptPage(charge: Stripe.Charge): string {
  const card = charge.payment_method_details?.card;
  return payLayout(
    'Receipt',
    html`<section class="panel message">
  <h1>Receipt</h1>
  <dl>
    <dt>Paid</dt><dd>${formatAmount(charge.amount_captured, charge.currency)}</dd>
    <dt>Refunded</dt><dd>${formatAmount(charge.amount_refunded, charge.currency)}</dd>
    <dt>Card</dt><dd>${card?.brand} ending in ${card?.last4}</dd>
    <dt>Date</dt><dd>${new Date(charge.created * 1000).toISOString().slice(0, 10)}</dd>
    <dt>Number</dt><dd>${charge.id}</dd>
  </dl>
</section>`,
  );
}
