import { ACCOUNT, formPage } from '../../http/form-page.views.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';

/** Everything that the shop holds of somebody, as a file. */
export function dataPage(chrome: Chrome): Html {
  const isCustomer = chrome.user?.role === 'customer';
  return formPage({
    title: 'Your data',
    under: [ACCOUNT],
    lead: 'A file with everything that we hold of you: your profile, where you were signed in, your orders and payments.',
    chrome,
    errors: undefined,
    action: '/account/data',
    givesFile: true,
    submit: 'Download my data',
    fields: [],
    after: isCustomer && html`<p><a href="/account/erase">Erase my account</a></p>`,
  });
}

/** The way out of the shop, for good. */
export function erasePage(chrome: Chrome, errors?: readonly FieldError[]): Html {
  return formPage({
    title: 'Erase your account',
    under: [ACCOUNT],
    lead: 'Your name, your addresses and everything by which you sign in are removed. Orders stay in our books, as the law asks, without saying whose they were. This cannot be undone, and not be done while an order is under way.',
    chrome,
    errors,
    action: '/account/erase',
    submit: 'Erase my account for good',
    fields: [],
    after: html`<p><a href="/account/data">Download your data first</a></p>`,
  });
}
