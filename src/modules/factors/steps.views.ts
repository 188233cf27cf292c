import { linkButton } from '../../http/buttons.views.ts';
import { formPage, narrowPage, passwordField } from '../../http/form-page.views.ts';
import { type FieldError, field } from '../../http/forms.views.ts';
import { type Html, type HtmlValue, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import { withNext } from '../../http/ways.ts';
import { PASSWORD_LENGTH } from '../identity/identity.model.ts';
import type { Factors } from './factors.model.ts';
import { passkeyFirst, passkeyInstead } from './passkey-form.views.ts';

type Errors = readonly FieldError[];

/** Where a step leads on to, and what the account has to take it with. */
interface Step {
  readonly next: string | undefined;
  readonly has: Factors;
}

/** After the password: a code, or a passkey. */
export function secondStepPage(chrome: Chrome, { next, has }: Step, errors?: Errors): Html {
  const passkey = passkeyOf(has, chrome, '/sign-in/second-step/passkey', next);
  return formPage({
    title: 'One more step',
    lead: 'Your password is right. Now show that it is you.',
    chrome,
    errors,
    action: withNext('/sign-in/second-step', next),
    submit: 'Sign in',
    before: passkey.before,
    fields: [codeField(has, errors)],
    after: html`${passkey.after}<p><a href="${withNext('/sign-in', next)}">Begin again</a></p>`,
  });
}

/** A second step without a first. */
export function beginAgainPage(chrome: Chrome, next: string | undefined): Html {
  return narrowPage(
    chrome,
    'This sign-in took too long',
    html`<p class="lead">Begin again with your password.</p>
    <p class="actions">${linkButton('Sign in', withNext('/sign-in', next))}</p>`,
  );
}

/** Before something that a session left open must not do. */
export function confirmPage(
  chrome: Chrome,
  { next, has, other }: Step & { readonly other: HtmlValue },
  errors?: Errors,
): Html {
  const passkey = passkeyOf(has, chrome, '/confirm/passkey', next);
  const asksCode = has.totpSince !== null || has.passkeys.length > 0;
  return formPage({
    title: 'Confirm that it is you',
    lead: 'What comes next is only for you. We ask again after ten minutes.',
    chrome,
    errors,
    action: withNext('/confirm', next),
    submit: 'Confirm',
    before: passkey.before,
    fields: [
      passwordField({
        name: 'password',
        label: 'Password',
        autocomplete: 'current-password',
        maxlength: PASSWORD_LENGTH.maximum,
        errors,
      }),
      asksCode && codeField(has, errors),
    ],
    after: html`${passkey.after}${other}<p><a href="/forgot-password">Forgot your password?</a></p>`,
  });
}

/** The passkey's button: before the form of an account that has nothing else but recovery codes, else after it. */
function passkeyOf(
  { passkeys, totpSince }: Factors,
  chrome: Chrome,
  path: string,
  next: string | undefined,
): { before?: Html; after?: Html } {
  if (passkeys.length === 0) return {};
  const way = { path, next, label: 'Use a passkey' };
  if (totpSince === null) return { before: passkeyFirst(chrome, way) };
  return { after: passkeyInstead(chrome, way) };
}

function codeField({ totpSince }: Factors, errors: Errors | undefined): Html {
  return field({
    name: 'code',
    label: totpSince === null ? 'Recovery code' : 'Code',
    hint:
      totpSince === null
        ? 'One of those that you kept when you added your passkey.'
        : 'Six digits of your authenticator app, or one of your recovery codes.',
    autocomplete: 'one-time-code',
    maxlength: 40,
    required: true,
    autofocus: totpSince !== null,
    errors,
  });
}
