import { withNext } from '../../http/browser.ts';
import { linkButton } from '../../http/buttons.views.ts';
import { formPage, narrowPage, passwordField } from '../../http/form-page.views.ts';
import { type FieldError, field } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';

type Errors = readonly FieldError[];

/** After the password: a code. */
export function secondStepPage(chrome: Chrome, next: string | undefined, errors?: Errors): Html {
  return formPage({
    title: 'One more step',
    lead: 'Your password is right. Now show that it is you.',
    chrome,
    errors,
    action: withNext('/sign-in/second-step', next),
    submit: 'Sign in',
    fields: [codeField(errors)],
    after: html`<p><a href="${withNext('/sign-in', next)}">Begin again</a></p>`,
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
  { next, asksCode }: { next: string | undefined; asksCode: boolean },
  errors?: Errors,
): Html {
  return formPage({
    title: 'Confirm that it is you',
    lead: 'What comes next is only for you. We ask again after ten minutes.',
    chrome,
    errors,
    action: withNext('/confirm', next),
    submit: 'Confirm',
    fields: [
      passwordField({
        name: 'password',
        label: 'Password',
        autocomplete: 'current-password',
        maxlength: 200,
        errors,
      }),
      asksCode && codeField(errors),
    ],
    after: html`<p><a href="/forgot-password">Forgot your password?</a></p>`,
  });
}

function codeField(errors: Errors | undefined): Html {
  return field({
    name: 'code',
    label: 'Code',
    hint: 'Six digits of your authenticator app, or one of your recovery codes.',
    autocomplete: 'one-time-code',
    maxlength: 40,
    required: true,
    autofocus: true,
    errors,
  });
}
