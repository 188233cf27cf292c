import { confirmAction, linkButton } from '../../http/buttons.views.ts';
import { date } from '../../http/components.views.ts';
import { ACCOUNT, narrowPage } from '../../http/form-page.views.ts';
import { type Html, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import { withNext } from '../../http/ways.ts';

/** How people call the provider; null: it has no name. */
export type ProviderName = string | null;

/** Signing in at the provider, beside the form of e-mail address and password. */
export function providerSignIn(name: ProviderName, next: string | undefined): Html {
  const label = name === null ? 'Staff sign-in' : `Staff sign-in with ${name}`;
  return html`<div class="form"><p class="or">or</p>
    ${linkButton(label, withNext('/sign-in/provider', next), { kind: 'secondary', wide: true })}</div>`;
}

/** Showing at the provider that it is they, before something that asks for a proof. */
export function providerConfirm(name: ProviderName, next: string | undefined): Html {
  const label = `Sign in again${name === null ? '' : ` with ${name}`}`;
  return html`<div class="form"><p class="or">or</p>
    ${linkButton(label, withNext('/confirm/provider', next), { kind: 'secondary', wide: true })}</div>`;
}

/** The provider does not answer: the other ways in are as they were. */
export function providerAwayPage(chrome: Chrome, name: ProviderName): Html {
  return narrowPage(
    chrome,
    `${name ?? 'Staff sign-in'} does not answer`,
    html`<p class="lead">Signing in that way is not possible at the moment. Try again in a minute, or sign in with your password.</p>
    <p class="actions">${linkButton('Sign in', '/sign-in')}</p>
    <p class="muted">No password yet? <a href="/forgot-password">Have a link to set one mailed to you</a>.</p>`,
  );
}

/** Somebody came back from the provider who is not let in. */
export function providerRefusedPage(chrome: Chrome, why: string): Html {
  return narrowPage(
    chrome,
    'That did not sign you in',
    html`<p class="lead">${why}</p>
    <p class="actions">${linkButton('Back', chrome.user === null ? '/sign-in' : '/account/security')}</p>`,
  );
}

/** That an account is tied to one at the provider, on the page about signing in. */
export function providerPanel(name: ProviderName, since: Date): Html {
  return html`<section class="panel form"><h2>${name ?? 'Staff sign-in'}</h2>
    <p>Your account there signs you in, since ${date(since)}.</p>
    <div class="actions">${linkButton('Change', '/account/provider', { kind: 'secondary' })}</div>
  </section>`;
}

/** An account's tie to the provider, and the way out of it. */
export function providerPage(chrome: Chrome, name: ProviderName, since: Date | null): Html {
  return narrowPage(
    chrome,
    name ?? 'Staff sign-in',
    since === null
      ? html`<p class="lead">Your account is not tied to one there. Signing in there once, with the same verified e-mail address, ties it.</p>`
      : html`<p class="lead">Your account there signs you in, since ${date(since)}.</p>
    <div class="actions">${confirmAction({
      label: 'Untie',
      question: 'Untie your account?',
      detail:
        'Your other sessions are signed out. The next sign-in there with your e-mail address ties it again.',
      confirmLabel: 'Yes, untie it',
      action: '/account/provider/remove',
      csrfToken: chrome.csrfToken,
    })}</div>`,
    { under: [ACCOUNT, { label: 'Signing in', href: '/account/security' }] },
  );
}
