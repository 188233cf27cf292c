import { button, confirmAction } from '../../http/buttons.views.ts';
import {
  breadcrumbs,
  dateTime,
  definitionList,
  flashMessage,
  money,
  productImage,
  statusBadge,
  totals,
} from '../../http/components.views.ts';
import { ACCOUNT } from '../../http/form-page.views.ts';
import { csrfField } from '../../http/forms.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import { formatMoney, type Money } from '../../shared/money.ts';
import type { VariantInCart } from '../catalog/catalog.model.ts';
import type { Address, Order, OrderItem } from '../orders/orders.model.ts';
import { countryName } from './countries.model.ts';
import { isPayable, progressOf, shownStatus, timeLeft } from './order-progress.model.ts';

interface OrderPage {
  readonly order: Order;
  /** What the catalogue knows now of what was ordered: pictures and links. */
  readonly variants: readonly VariantInCart[];
  /** Back from the payment page: the payment is not yet known, or not for a long time. */
  readonly payment: 'none' | 'confirming' | 'late';
  readonly justPaid: boolean;
}

/** An order as its customer sees it: how it stands, what can be done, what was bought. */
export function orderPage(chrome: Chrome, page: OrderPage): Html {
  const { order, variants } = page;
  const found = new Map(variants.map((variant) => [variant.id, variant]));
  const title = `Order ${order.number}`;
  return storefrontPage({
    title,
    private: true,
    chrome,
    content: html`${breadcrumbs([ACCOUNT], title)}
    <div class="page-head">
      <div class="actions"><h1>${title}</h1>${statusBadge(shownStatus(order))}</div>
      <p class="muted">Placed ${dateTime(order.createdAt)}</p>
    </div>
    ${progress(order)}
    ${standing(page)}
    <div class="split">
      <section aria-labelledby="items"><h2 class="visually-hidden" id="items">What you ordered</h2>
        <ul class="lines">${order.items.map((item) => orderLine(item, found.get(item.variantId)))}</ul>
      </section>
      <div class="split__aside form">
        ${isPayable(order, new Date()) && page.payment !== 'confirming' && nextSteps(chrome, order)}
        <section class="panel" aria-labelledby="sums"><h2 id="sums">Total</h2>${sums(order)}</section>
        ${delivery(order)}
      </div>
    </div>`,
  });
}

function progress(order: Order): Html {
  const steps = progressOf(order);
  if (steps.length === 0) return html``;
  return html`<ol class="steps" aria-label="Progress">${steps.map(
    ({ label, state }) =>
      html`<li${attributes({
        class: state === 'next' ? 'step' : `step step--${state}`,
        'aria-current': state === 'current' ? 'step' : undefined,
      })}>${label}</li>`,
  )}</ol>`;
}

/** What the customer should know now, in one notice. */
function standing({ order, payment, justPaid }: OrderPage): Html {
  const { status, refundedTotal, total } = order;
  const notes: Html[] = [];
  const say = (kind: 'success' | 'error' | 'info', text: string) =>
    notes.push(flashMessage({ kind, text }));
  if (payment === 'confirming')
    say(
      'info',
      'We are confirming your payment with the payment provider. This page updates by itself.',
    );
  if (payment === 'late')
    say(
      'info',
      'Confirming your payment takes longer than usual. If you have paid, there is nothing more to do: this page shows it as soon as we know.',
    );
  if (justPaid)
    say('success', `Thank you! We received ${formatMoney(total)} and are preparing your order.`);
  if (status === 'pending' && payment === 'none' && !isPayable(order, new Date()))
    say(
      'info',
      'The time to pay for this order is over and its products are free again. Please place a new order.',
    );
  if (status === 'expired')
    say(
      'info',
      'This order was not paid in time, so its products were released. Should a payment still arrive, they are yours again if they are there; else it is given back.',
    );
  if (status === 'cancelled')
    say('info', 'This order was cancelled. Should a payment still arrive, it is given back.');
  if (refundedTotal.amount > 0)
    say(
      'info',
      `${formatMoney(refundedTotal)} of ${formatMoney(total)} was refunded the way you paid. It can take a few days to arrive.`,
    );
  return html`${notes}`;
}

function nextSteps({ csrfToken }: Chrome, { id, number, total, reservedUntil }: Order): Html {
  return html`<section class="panel" aria-labelledby="next"><h2 id="next">Waiting for payment</h2>
    ${reservedUntil && html`<p>Held for you for another <strong>${timeLeft(reservedUntil, new Date())}</strong>, until ${dateTime(reservedUntil)}.</p>`}
    <form method="post" action="/orders/${id}/pay" data-submit-once>${csrfField(csrfToken)}
      ${button(`Pay now: ${formatMoney(total)}`, { size: 'large', wide: true })}
    </form>
    ${confirmAction({
      label: 'Cancel order',
      question: `Cancel order ${number}?`,
      detail: 'Nothing is charged, and what was held for you goes back on sale.',
      confirmLabel: 'Yes, cancel it',
      action: `/orders/${id}/cancel`,
      csrfToken,
      size: 'small',
    })}
  </section>`;
}

function orderLine(item: OrderItem, variant: VariantInCart | undefined): Html {
  const image = variant?.image ? { url: variant.image.url, alt: '' } : null;
  const href = variant?.forSale && `/products/${variant.productSlug}?variant=${variant.id}`;
  return html`<li class="line">
    ${productImage(image, { size: 'thumb', eager: true })}
    <div class="line__body">
      <p class="line__title">${href ? html`<a href="${href}">${item.title}</a>` : item.title}</p>
      <p class="line__note">${item.quantity} × ${money(item.unitPrice)}${item.sku && ` · ${item.sku}`}</p>
    </div>
    <p class="line__total">${money(item.total)}</p>
  </li>`;
}

function sums(order: Order): Html {
  const { subtotal, discountTotal, shippingTotal, taxTotal, total, refundedTotal } = order;
  const rows: [string, Money][] = [['Subtotal', subtotal]];
  if (discountTotal.amount > 0)
    rows.push(['Discount', { ...discountTotal, amount: -discountTotal.amount }]);
  rows.push(['Shipping', shippingTotal]);
  if (taxTotal.amount > 0) rows.push(['Tax', taxTotal]);
  return html`${totals([...rows, ['Total', total]])}
  ${refundedTotal.amount > 0 && definitionList([['Refunded', money(refundedTotal)]])}`;
}

function delivery({ email, shippingAddress }: Order): Html {
  return html`<section class="panel" aria-labelledby="delivery"><h2 id="delivery">Delivery</h2>
    ${shippingAddress ? addressLines(shippingAddress) : html`<p class="muted">No address was given.</p>`}
    <p class="muted">${email}</p>
  </section>`;
}

function addressLines(address: Address): Html {
  const { name, line1, line2, postalCode, city, region, country, phone } = address;
  const lines = [name, line1, line2, `${postalCode} ${city}`, region, countryName(country), phone];
  return html`<address class="address">${lines.filter(Boolean).map((line) => html`<span>${line}</span>`)}</address>`;
}
