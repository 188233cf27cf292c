import { confirmAction, linkButton } from '../../http/buttons.views.ts';
import { ACCOUNT, narrowPage } from '../../http/form-page.views.ts';
import { errorSummary, type FieldError, field } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import { withNext } from '../../http/ways.ts';
import type { Passkey } from './factors.model.ts';
import { MAX_PASSKEY_NAME } from './passkey.model.ts';
import { newPasskeyForm } from './passkey-form.views.ts';
import { passkeyDates, SECURITY } from './security.views.ts';

/** Somebody's passkeys, a way out of each, and adding one. */
export function passkeysPage(
  chrome: Chrome,
  { passkeys, name }: { passkeys: readonly Passkey[]; name: string },
  errors?: readonly FieldError[],
): Html {
  return narrowPage(
    chrome,
    'Passkeys',
    html`${errorSummary(errors)}
    <p class="lead">A passkey is kept by your phone, computer or security key. It signs you in without a password, and no other site can ask for it.</p>
    ${passkeys.length > 0 && html`<ul class="passkeys">${passkeys.map((passkey) => listed(passkey, chrome.csrfToken))}</ul>`}
    ${newPasskeyForm(
      chrome,
      field({
        name: 'name',
        label: 'Name',
        hint: 'By which you know the device that keeps it.',
        value: name,
        maxlength: MAX_PASSKEY_NAME,
        required: true,
        errors,
      }),
    )}
    <p class="muted" data-no-passkeys>Adding a passkey needs JavaScript, and a browser that knows passkeys.</p>`,
    { under: [ACCOUNT, SECURITY] },
  );
}

function listed({ id, name, createdAt, lastUsedAt }: Passkey, csrfToken: string): Html {
  return html`<li class="passkeys__item"><div><h2 class="passkeys__name">${name}</h2>
    <p class="muted">${passkeyDates({ createdAt, lastUsedAt })}</p></div>
    ${confirmAction({
      label: html`Remove<span class="visually-hidden"> ${name}</span>`,
      question: `Remove the passkey “${name}”?`,
      detail: 'It signs nobody in any more, and other sessions that it opened are signed out.',
      confirmLabel: 'Yes, remove it',
      action: `/account/passkeys/${id}/remove`,
      csrfToken,
      size: 'small',
    })}</li>`;
}

/** A passkey that signs nobody in. */
export function passkeyRefusedPage(chrome: Chrome, next: string | undefined): Html {
  return narrowPage(
    chrome,
    'This passkey was not accepted',
    html`<p class="lead">It may have been removed from your account, or it took too long. Try again, or sign in with your password.</p>
    <p class="actions">${linkButton('Sign in', withNext('/sign-in', next))}</p>`,
  );
}
