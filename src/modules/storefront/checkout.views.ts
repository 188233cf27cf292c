import { button } from '../../http/buttons.views.ts';
import { breadcrumbs, money, productImage, totals } from '../../http/components.views.ts';
import {
  csrfField,
  errorSummary,
  type FieldError,
  type FieldOptions,
  field,
  select,
} from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { icon } from '../../http/icons.views.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import type { Cart, CartLine } from '../cart/cart.service.ts';
import { type CheckoutValues, itemsText, totalText } from './checkout-form.ts';
import { countries } from './countries.model.ts';

interface CheckoutPage {
  readonly cart: Cart;
  readonly values: CheckoutValues;
  readonly errors?: readonly FieldError[] | undefined;
  readonly key: string;
}

/** Where the order goes and what is in it, the last step before payment. */
export function checkoutPage(chrome: Chrome, page: CheckoutPage): Html {
  return storefrontPage({
    title: 'Checkout',
    private: true,
    chrome,
    content: html`${breadcrumbs([{ label: 'Your cart', href: '/cart' }], 'Checkout')}
    <div class="page-head"><h1>Checkout</h1></div>
    ${errorSummary(page.errors)}
    <form class="split" method="post" action="/checkout" data-submit-once>
      ${csrfField(chrome.csrfToken)}
      <input type="hidden" name="key" value="${page.key}">
      <input type="hidden" name="items" value="${itemsText(page.cart.lines)}">
      ${page.cart.subtotal && html`<input type="hidden" name="total" value="${totalText(page.cart.subtotal)}">`}
      <div class="form">
        <h2>Contact</h2>
        ${text(page, 'email', 'E-mail address', { type: 'email', autocomplete: 'email', hint: 'For questions about this order.', required: true, maxlength: 254 })}
        <h2>Delivery address</h2>
        ${addressFields(page)}
      </div>
      ${summary(page.cart)}
    </form>`,
  });
}

function addressFields(page: CheckoutPage): Html {
  const { values, errors } = page;
  return html`
    ${text(page, 'name', 'Full name', { autocomplete: 'name', required: true, maxlength: 200 })}
    ${text(page, 'line1', 'Street and number', { autocomplete: 'address-line1', required: true, maxlength: 200 })}
    ${text(page, 'line2', 'Flat, floor, company (optional)', { autocomplete: 'address-line2', maxlength: 200 })}
    <div class="form-row">
      ${text(page, 'postalCode', 'Postal code', { autocomplete: 'postal-code', required: true, maxlength: 20 })}
      ${text(page, 'city', 'Town or city', { autocomplete: 'address-level2', required: true, maxlength: 100 })}
    </div>
    <div class="form-row">
      ${text(page, 'region', 'State or region (optional)', { autocomplete: 'address-level1', maxlength: 100 })}
      ${select({
        name: 'country',
        label: 'Country',
        value: values.country ?? '',
        errors,
        required: true,
        options: [
          { value: '', label: 'Choose' },
          ...countries.map(({ code, name }) => ({ value: code, label: name })),
        ],
      })}
    </div>
    ${text(page, 'phone', 'Phone (optional)', { type: 'tel', autocomplete: 'tel', width: 'medium', hint: 'Only for the carrier.', maxlength: 40 })}`;
}

function text(
  { values, errors }: CheckoutPage,
  name: keyof CheckoutValues,
  label: string,
  more: Partial<FieldOptions>,
): Html {
  return field({ name, label, value: values[name], errors, ...more });
}

function summary({ lines, subtotal }: Cart): Html {
  return html`<section class="split__aside panel" aria-labelledby="summary">
    <h2 id="summary">Your order</h2>
    <ul class="lines">${lines.map(summaryLine)}</ul>
    ${
      subtotal &&
      totals([
        ['Subtotal', subtotal],
        ['Shipping', { ...subtotal, amount: 0 }],
        ['Total', subtotal],
      ])
    }
    ${button('Continue to payment', { size: 'large', wide: true })}
    <p class="muted with-icon">${icon('lock')} You pay on the next page, at our payment provider. What you ordered is held for you meanwhile.</p>
    <p><a href="/cart">Change the cart</a></p>
  </section>`;
}

function summaryLine({ image, title, variantTitle, quantity, total }: CartLine): Html {
  return html`<li class="line">
    ${productImage(image && { url: image.url, alt: '' }, { size: 'thumb', eager: true })}
    <div class="line__body">
      <p class="line__title">${title}</p>
      <p class="line__note">${variantTitle && `${variantTitle} · `}Quantity ${quantity}</p>
    </div>
    <p class="line__total">${money(total)}</p>
  </li>`;
}
