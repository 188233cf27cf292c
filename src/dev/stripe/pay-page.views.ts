import { attributes, type Html, html } from '../../http/html.ts';
import { grouped, TEST_CARDS } from './cards.ts';
import { formatAmount } from './currency.ts';
import type { PayField, Typed } from './pay-form.ts';
import { merchantOf, payLayout, totalOf } from './pay-layout.views.ts';
import type { Checkout } from './tables.ts';

interface PayPage {
  readonly checkout: Checkout;
  readonly typed: Typed;
  readonly errors: Partial<Record<PayField, string>>;
  /** What the bank said to the last attempt. */
  readonly refusal: string | null;
}

/** The payment page of an open session. */
export function payPage(page: PayPage): string {
  const { session } = page.checkout;
  const merchant = merchantOf(session);
  return payLayout(
    `Pay ${totalOf(session)} to ${merchant}`,
    html`<div class="columns">
  <section class="summary" aria-labelledby="summary-title">
    ${session.cancel_url && html`<p><a class="back" href="${session.cancel_url}">Back to the shop</a></p>`}
    <h1 id="summary-title">Pay ${merchant}</h1>
    <p class="total">${totalOf(session)}</p>
    ${lines(page.checkout)}
  </section>
  <section class="panel" aria-labelledby="card-title">
    <h2 id="card-title">Pay with card</h2>
    ${alert(page)}
    ${form(page)}
    ${testCards(session.id)}
  </section>
</div>`,
  );
}

function lines({ session, lineItems }: Checkout): Html {
  return html`<table class="lines">
  <caption class="visually-hidden">What you pay for</caption>
  <thead class="visually-hidden"><tr><th scope="col">Item</th><th scope="col">Amount</th></tr></thead>
  <tbody>${lineItems.map(
    (item) => html`<tr>
    <td>${item.description}<span class="quantity">${pieces(item.quantity ?? 1, item.price.unit_amount ?? 0, item.currency)}</span></td>
    <td>${formatAmount(item.amount_total, item.currency)}</td>
  </tr>`,
  )}</tbody>
  <tfoot><tr><th scope="row">Total</th><td>${totalOf(session)}</td></tr></tfoot>
</table>`;
}

function pieces(quantity: number, unitAmount: number, currency: string): string {
  return quantity === 1
    ? 'Quantity 1'
    : `Quantity ${quantity}, ${formatAmount(unitAmount, currency)} each`;
}

function alert({ refusal, errors }: PayPage): Html | false {
  const problems = Object.keys(errors).length;
  const text = refusal ?? (problems > 0 && 'Check the fields marked below. Nothing was charged.');
  // Focused as the page opens, so that a keyboard or screen reader goes on from it.
  return text !== false && html`<p class="alert" role="alert" tabindex="-1" autofocus>${text}</p>`;
}

function form({ checkout: { session }, typed, errors }: PayPage): Html {
  return html`<form method="post" action="/pay/${session.id}" novalidate>
  ${
    session.customer_email === null
      ? field('email', 'Email', typed, errors, {
          type: 'email',
          autocomplete: 'email',
          hint: 'Optional',
        })
      : html`<p class="email"><span>Email</span> ${session.customer_email}</p>`
  }
  ${field('cardNumber', 'Card number', typed, errors, {
    inputmode: 'numeric',
    autocomplete: 'cc-number',
    placeholder: '4242 4242 4242 4242',
  })}
  <div class="pair">
    ${field('cardExpiry', 'Expiry', typed, errors, { autocomplete: 'cc-exp', placeholder: 'MM / YY' })}
    ${field('cardCvc', 'CVC', typed, errors, {
      inputmode: 'numeric',
      autocomplete: 'cc-csc',
      maxlength: '4',
    })}
  </div>
  ${field('billingName', 'Name on card', typed, errors, { autocomplete: 'cc-name' })}
  <button class="button" type="submit">Pay ${totalOf(session)}</button>
</form>`;
}

function field(
  name: PayField,
  label: string,
  typed: Typed,
  errors: PayPage['errors'],
  { hint, ...input }: Readonly<Record<string, string>>,
): Html {
  const error = errors[name];
  return html`<div class="field">
  <label for="${name}">${label}${hint && html` <span class="hint">${hint}</span>`}</label>
  <input${attributes({
    id: name,
    name,
    type: 'text',
    value: typed[name],
    'aria-invalid': error ? 'true' : null,
    'aria-describedby': error ? `${name}-error` : null,
    ...input,
  })}>
  ${error && html`<p class="error" id="${name}-error">${error}</p>`}
</div>`;
}

function testCards(sessionId: string): Html {
  return html`<section class="cards" aria-labelledby="cards-title">
  <h3 id="cards-title">Test cards</h3>
  <p>Choose one to fill in the form. Any future expiry date and any security code will do.</p>
  <ul>${TEST_CARDS.map((card) => html`<li><a href="/pay/${sessionId}?fill=${card.key}">${grouped(card)}</a> <span>${card.label}</span></li>`)}</ul>
</section>`;
}
