import { button, linkButton } from '../../http/buttons.views.ts';
import {
  csrfField,
  errorSummary,
  type FieldError,
  type FieldOptions,
  field,
} from '../../http/forms.views.ts';
import { attributes, type Html, type HtmlValue, html } from '../../http/html.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import { MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, PASSWORD_LENGTH } from './identity.model.ts';

/** What a form shows again: what was typed, and what to change. */
export interface FormState {
  readonly values?: { readonly email?: string; readonly name?: string };
  readonly errors?: readonly FieldError[];
}

export function signInPage(chrome: Chrome, next: string | undefined, state: FormState = {}): Html {
  return formPage({
    title: 'Sign in',
    chrome,
    state,
    action: withNext('/sign-in', next),
    submit: 'Sign in',
    fields: [
      emailField(state),
      passwordField(state, 'Password', 'current-password'),
      html`<p class="muted"><a href="/forgot-password">Forgot your password?</a></p>`,
    ],
    after: html`<p>New here? <a href="${withNext('/sign-up', next)}">Create an account</a></p>`,
  });
}

export function signUpPage(chrome: Chrome, next: string | undefined, state: FormState = {}): Html {
  return formPage({
    title: 'Create an account',
    lead: 'See your orders and check out faster.',
    chrome,
    state,
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
    state,
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
    state,
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

function formPage(page: {
  title: string;
  lead?: string;
  chrome: Chrome;
  state: FormState;
  action: string;
  fields: readonly HtmlValue[];
  submit: string;
  after: Html;
}): Html {
  return narrowPage(
    page.chrome,
    page.title,
    html`${page.lead && html`<p class="lead">${page.lead}</p>`}
    ${errorSummary(page.state.errors)}
    <form method="post" class="form" data-submit-once${attributes({ action: page.action })}>
      ${csrfField(page.chrome.csrfToken)}
      ${page.fields}
      ${button(page.submit, { kind: 'primary', wide: true })}
    </form>
    ${page.after}`,
  );
}

function narrowPage(chrome: Chrome, title: string, content: Html): Html {
  return storefrontPage({
    title,
    chrome,
    private: true,
    content: html`<div class="narrow"><h1>${title}</h1>${content}</div>`,
  });
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

function newPasswordField(state: FormState): Html {
  return passwordField(state, 'Password', 'new-password', {
    hint: `At least ${PASSWORD_LENGTH.minimum} characters. A few random words make a good one.`,
    minlength: PASSWORD_LENGTH.minimum,
  });
}

function passwordField(
  { errors }: FormState,
  label: string,
  autocomplete: string,
  more: Partial<FieldOptions> = {},
): Html {
  return field({
    name: 'password',
    label,
    type: 'password',
    autocomplete,
    errors,
    required: true,
    maxlength: PASSWORD_LENGTH.maximum,
    ...more,
  });
}

function withNext(path: string, next: string | undefined): string {
  return next === undefined ? path : `${path}?next=${encodeURIComponent(next)}`;
}
