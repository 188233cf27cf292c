import { button, confirmAction, linkButton } from '../../http/buttons.views.ts';
import { date } from '../../http/components.views.ts';
import { ACCOUNT, narrowPage } from '../../http/form-page.views.ts';
import { csrfField, errorSummary, type FieldError, field } from '../../http/forms.views.ts';
import { type Html, html, trustedHtml } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import type { Enrolment } from './enrol.service.ts';
import type { Factors } from './factors.model.ts';
import { SECURITY } from './security.views.ts';

/** Setting up codes of an app: what to scan, and the first code. */
export function enrolPage(
  chrome: Chrome,
  pending: Enrolment | null,
  errors?: readonly FieldError[],
): Html {
  const { csrfToken } = chrome;
  if (pending === null)
    return narrowPage(
      chrome,
      'Codes of an app',
      html`${errorSummary(errors)}
      <p class="lead">An authenticator app on your phone shows a new code every half a minute. Signing in asks for it after the password.</p>
      <form method="post" action="/account/two-step/begin" class="form">${csrfField(csrfToken)}${button('Begin', { wide: true })}</form>`,
      { under: [ACCOUNT, SECURITY] },
    );
  return narrowPage(
    chrome,
    'Codes of an app',
    html`${errorSummary(errors)}
    <ol class="instructions">
      <li><p>Scan this with your authenticator app.</p>
        <div class="qr-code" role="img" aria-label="QR code for your authenticator app">${trustedHtml(pending.qrCode)}</div>
        <details><summary>Type it instead</summary><p>Type this key into the app: <code class="secret">${pending.secret.match(/.{1,4}/g)?.join(' ')}</code></p></details></li>
      <li><form method="post" action="/account/two-step/confirm" class="form" data-submit-once>${csrfField(csrfToken)}
        ${field({
          name: 'code',
          label: 'Type the code that it shows',
          autocomplete: 'one-time-code',
          inputmode: 'numeric',
          maxlength: 10,
          required: true,
          errors,
        })}
        ${button('Switch it on', { wide: true })}</form></li>
    </ol>
    <p class="muted">Within ten minutes; then begin again.</p>`,
    { under: [ACCOUNT, SECURITY] },
  );
}

/** Codes of an app that are in use: new recovery codes, or off. */
export function twoStepPage(chrome: Chrome, { totpSince, recoveryCodesLeft }: Factors): Html {
  const { csrfToken } = chrome;
  return narrowPage(
    chrome,
    'Codes of an app',
    html`<p class="lead">Signing in asks for a code, since ${date(totpSince ?? new Date())}.</p>
    <p>${recoveryCodesLeft} recovery ${recoveryCodesLeft === 1 ? 'code is' : 'codes are'} left. Each gets you in once without your phone.</p>
    <div class="actions">
    ${confirmAction({
      label: 'New recovery codes',
      question: 'Make new recovery codes?',
      detail: 'The ones you have work no more.',
      confirmLabel: 'Yes, make new ones',
      action: '/account/two-step/recovery-codes',
      csrfToken,
      kind: 'primary',
    })}
    ${confirmAction({
      label: 'Switch off',
      question: 'Sign in without a code again?',
      detail: 'Your other sessions are signed out.',
      confirmLabel: 'Yes, switch it off',
      action: '/account/two-step/off',
      csrfToken,
    })}</div>`,
    { under: [ACCOUNT, SECURITY] },
  );
}

/** The recovery codes, this once. */
export function recoveryCodesPage(chrome: Chrome, codes: readonly string[]): Html {
  return narrowPage(
    chrome,
    'Your recovery codes',
    html`<p class="lead">Keep these where your phone is not: printed, or in a password manager. Each gets you in once.</p>
    <ul class="recovery-codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
    <p>They are not shown again. New ones can be made at any time.</p>
    <div class="actions">${linkButton('I have kept them', '/account/security')}</div>`,
  );
}
