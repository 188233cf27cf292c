import { button, linkButton } from '../../http/buttons.views.ts';
import { emptyState, money, productImage, totals } from '../../http/components.views.ts';
import { csrfField, errorSummary, type FieldError, quantityField } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { icon } from '../../http/icons.views.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import { formatMoney } from '../../shared/money.ts';
import { type Cart, type CartLine, MAX_CART_QUANTITY } from '../cart/cart.service.ts';
import type { Order } from '../orders/orders.model.ts';

interface CartPage {
  readonly cart: Cart;
  readonly errors: readonly FieldError[];
  /** The customer's latest order that still waits for payment. */
  readonly unpaidOrder: Order | undefined;
}

/** The cart at the prices and stock of this moment. */
export function cartPage(chrome: Chrome, { cart, errors, unpaidOrder }: CartPage): Html {
  return storefrontPage({
    title: 'Your cart',
    private: true,
    chrome,
    content: html`<div class="page-head"><h1>Your cart</h1></div>
    ${errorSummary(errors.map(({ message }) => ({ path: '', message })))}
    ${unpaidOrder && unpaidNote(unpaidOrder)}
    ${cart.lines.length > 0 ? filled(chrome, cart) : empty(unpaidOrder)}`,
  });
}

function unpaidNote({ id, number, total }: Order): Html {
  return html`<div class="notice" role="note">${icon('info')}
    <p>Order ${number} for ${formatMoney(total)} waits for your payment. <a href="/orders/${id}">See it and pay</a></p>
  </div>`;
}

function empty(unpaidOrder: Order | undefined): Html {
  return emptyState({
    title: 'Your cart is empty',
    ...(unpaidOrder ? {} : { text: 'What you add to it stays here, also until another day.' }),
    action: { label: 'Look at all products', href: '/products' },
    icon: 'cart',
  });
}

function filled(chrome: Chrome, cart: Cart): Html {
  return html`<div class="split">
    <ul class="lines">${cart.lines.map((line) => cartLine(chrome, line))}</ul>
    <section class="split__aside panel" aria-labelledby="summary">
      <h2 id="summary">Summary</h2>
      ${
        cart.subtotal &&
        totals([
          ['Subtotal', cart.subtotal],
          ['Shipping', { ...cart.subtotal, amount: 0 }],
          ['Total', cart.subtotal],
        ])
      }
      ${
        cart.orderable
          ? chrome.closed
            ? button('Check out', { size: 'large', wide: true, disabled: true })
            : linkButton('Check out', '/checkout', { size: 'large', wide: true })
          : html`<p class="field__error">Change or remove the marked products, then you can check out.</p>`
      }
      ${chrome.user === null && html`<p class="muted">You sign in or create an account on the way. Your cart comes along.</p>`}
      <p class="muted with-icon">${icon('lock')} You pay at our payment provider; we never see your card.</p>
    </section>
  </div>`;
}

function cartLine({ csrfToken }: Chrome, line: CartLine): Html {
  const href = `/products/${line.slug}?variant=${line.variantId}`;
  const gone = line.problem === 'unavailable';
  return html`<li class="line">
    ${productImage(line.image && { url: line.image.url, alt: '' }, { size: 'thumb', eager: true })}
    <div class="line__body">
      <h2 class="line__title">${gone ? line.title : html`<a href="${href}">${line.title}</a>`}</h2>
      ${line.variantTitle && html`<p class="line__note">${line.variantTitle}</p>`}
      ${!gone && html`<p class="line__note">${money(line.unitPrice)} each</p>`}
      ${line.problem && html`<p class="field__error">${problemOf(line)}</p>`}
    </div>
    <p class="line__total">${!gone && money(line.total)}</p>
    <div class="line__controls actions">
      ${!gone && quantityForm(csrfToken, line)}
      <form method="post" action="/cart/items/${line.variantId}" data-submit-once>
        ${csrfField(csrfToken)}<input type="hidden" name="quantity" value="0">
        ${button(html`Remove<span class="visually-hidden"> ${nameOf(line)}</span>`, { kind: 'quiet', size: 'small' })}
      </form>
    </div>
  </li>`;
}

function quantityForm(csrfToken: string, line: CartLine): Html {
  const name = nameOf(line);
  return html`<form class="actions" method="post" action="/cart/items/${line.variantId}" data-submit-once>
    ${csrfField(csrfToken)}
    ${quantityField({
      id: `quantity-${line.variantId}`,
      label: `Quantity of ${name}`,
      labelHidden: true,
      value: line.quantity,
      max: MAX_CART_QUANTITY,
    })}
    ${button(html`Update<span class="visually-hidden"> ${name}</span>`, { kind: 'secondary', size: 'small' })}
  </form>`;
}

function nameOf({ title, variantTitle }: CartLine): string {
  return variantTitle ? `${title}, ${variantTitle}` : title;
}

function problemOf({ problem, available }: CartLine): string {
  if (problem === 'unavailable') return 'No longer for sale.';
  if (problem === 'other_currency') return 'Sold in another currency: order it by itself.';
  if (available === 0) return 'Sold out just now.';
  return `Only ${available} left: lower the quantity.`;
}
