import { linkButton } from '../../http/buttons.views.ts';
import { formPage, narrowPage, passwordField } from '../../http/form-page.views.ts';
import { type FieldError, field } from '../../http/forms.views.ts';
import { attributes, type Html, type HtmlValue, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import { withNext } from '../../http/ways.ts';
import {
  MAX_EMAIL_LENGTH,
  MAX_NAME_LENGTH,
  NEW_PASSWORD_HINT,
  PASSWORD_LENGTH,
} from './identity.model.ts';

/** What a form shows again: what was typed, and what to change. */
export interface FormState {
  readonly values?: { readonly email?: string; readonly name?: string };
  readonly errors?: readonly FieldError[];
}

/** `otherWays`: what signs in without a password. */
export function signInPage(
  chrome: Chrome,
  { next, otherWays }: { next: string | undefined; otherWays: HtmlValue },
  state: FormState = {},
): Html {
  return formPage({
    title: 'Sign in',
    chrome,
    errors: state.errors,
    action: withNext('/sign-in', next),
    submit: 'Sign in',
    fields: [
      emailField(state),
      passwordField({
        name: 'password',
        label: 'Password',
        autocomplete: 'current-password',
        maxlength: PASSWORD_LENGTH.maximum,
        errors: state.errors,
      }),
      html`<p class="muted"><a href="/forgot-password">Forgot your password?</a></p>`,
    ],
    after: html`${otherWays}<p>New here? <a href="${withNext('/sign-up', next)}">Create an account</a></p>`,
  });
}

export function signUpPage(chrome: Chrome, next: string | undefined, state: FormState = {}): Html {
  return formPage({
    title: 'Create an account',
    lead: 'See your orders and check out faster.',
    chrome,
    errors: state.errors,
    action: withNext('/sign-up', next),
    submit: 'Create account',
    fields: [
      field({
        name: 'name',
        label: 'Name (optional)',
        autocomplete: 'name',
        value: state.values?.name,
        errors: state.errors,
        maxlength: MAX_NAME_LENGTH,
      }),
      emailField(state),
      newPasswordField(state),
    ],
    after: html`<p>Have an account? <a href="${withNext('/sign-in', next)}">Sign in</a></p>`,
  });
}

export function forgotPasswordPage(chrome: Chrome, state: FormState = {}): Html {
  return formPage({
    title: 'Forgot your password?',
    lead: 'Type your e-mail address and we send you a link to set a new one.',
    chrome,
    errors: state.errors,
    action: '/forgot-password',
    submit: 'Send the link',
    fields: [emailField(state)],
    after: html`<p><a href="/sign-in">Back to sign in</a></p>`,
  });
}

/** After asking for a link, whether the address has an account or not. */
export function resetSentPage(chrome: Chrome, { mailbox }: { mailbox: boolean }): Html {
  return narrowPage(
    chrome,
    'Check your mail',
    html`<p class="lead">If the address has an account, a link to set a new password is on its way to it.</p>
    <p>It works once, within an hour. Nothing there? Look among the unwanted mail, or
      <a href="/forgot-password">ask again</a>.</p>
    ${mailbox && html`<p>This shop runs in development: <a href="/dev/mailbox">open its mailbox</a>.</p>`}`,
  );
}

export function resetPasswordPage(chrome: Chrome, token: string, state: FormState = {}): Html {
  return formPage({
    title: 'Set a new password',
    lead: 'You will be signed out everywhere and sign in with the new one.',
    chrome,
    errors: state.errors,
    action: '/reset-password',
    submit: 'Set the password',
    fields: [
      html`<input type="hidden"${attributes({ name: 'token', value: token })}>`,
      newPasswordField(state),
    ],
    after: html`<p><a href="/forgot-password">Ask for a new link</a></p>`,
  });
}

/** A reset page that was opened without its token. */
export function linkIncompletePage(chrome: Chrome): Html {
  return narrowPage(
    chrome,
    'This link is incomplete',
    html`<p class="lead">Open the whole link from the mail, or ask for a new one.</p>
    <p class="actions">${linkButton('Ask for a new link', '/forgot-password')}</p>`,
  );
}

function emailField({ values, errors }: FormState): Html {
  return field({
    name: 'email',
    label: 'E-mail address',
    type: 'email',
    autocomplete: 'username',
    value: values?.email,
    errors,
    required: true,
    maxlength: MAX_EMAIL_LENGTH,
  });
}

function newPasswordField({ errors }: FormState): Html {
  return passwordField({
    name: 'password',
    label: 'Password',
    autocomplete: 'new-password',
    hint: NEW_PASSWORD_HINT,
    minlength: PASSWORD_LENGTH.minimum,
    maxlength: PASSWORD_LENGTH.maximum,
    errors,
  });
}
