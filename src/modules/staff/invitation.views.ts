import { linkButton } from '../../http/buttons.views.ts';
import { formPage, narrowPage, passwordField } from '../../http/form-page.views.ts';
import { csrfField, type FieldError, field } from '../../http/forms.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import { MAX_NAME_LENGTH, NEW_PASSWORD_HINT, PASSWORD_LENGTH } from '../identity/identity.model.ts';

interface Invited {
  readonly email: string;
  readonly token: string;
  readonly errors?: readonly FieldError[] | undefined;
}

const TITLE = 'Work in this shop';

/** For somebody without an account: it is made here. */
export function acceptPage(chrome: Chrome, invited: Invited & { name?: string }): Html {
  const { email, token, errors, name } = invited;
  return formPage({
    title: TITLE,
    lead: `You are invited as ${email}. Choose how you are called and a password.`,
    chrome,
    errors,
    action: '/invitation',
    fields: [
      hiddenToken(token),
      field({
        name: 'name',
        label: 'Your name',
        autocomplete: 'name',
        value: name,
        errors,
        required: true,
        maxlength: MAX_NAME_LENGTH,
      }),
      passwordField({
        name: 'password',
        label: 'Password',
        autocomplete: 'new-password',
        hint: NEW_PASSWORD_HINT,
        errors,
        minlength: PASSWORD_LENGTH.minimum,
        maxlength: PASSWORD_LENGTH.maximum,
      }),
    ],
    submit: 'Accept the invitation',
    after: false,
  });
}

/** For somebody with an account: it joins once they are signed in to it. */
export function joinPage(chrome: Chrome, invited: Invited & { known: boolean }): Html {
  const { email, token, known, errors } = invited;
  if (!known) {
    const back = encodeURIComponent(`/invitation?token=${token}`);
    return narrowPage(
      chrome,
      TITLE,
      html`<p class="lead">You are invited as ${email}, which has an account here. Sign in to it to accept.</p>
      <p class="actions">${linkButton('Sign in', `/sign-in?next=${back}`)}</p>`,
    );
  }
  return formPage({
    title: TITLE,
    lead: `You are invited as ${email}. Your orders stay with your account; every other session of it ends.`,
    chrome,
    errors,
    // In the address, so that who has to prove themselves first comes back to this invitation.
    action: `/invitation/join?token=${encodeURIComponent(token)}`,
    fields: [],
    submit: 'Accept the invitation',
    after: false,
  });
}

/** For somebody who is signed in as another. */
export function otherAccountPage(
  chrome: Chrome,
  { email, signedIn }: { email: string; signedIn: string },
): Html {
  return narrowPage(
    chrome,
    TITLE,
    html`<p class="lead">This invitation is for ${email}. You are signed in as ${signedIn}.</p>
    <p>Sign out, then open the link from the mail again.</p>
    <form method="post" action="/sign-out" class="actions">${csrfField(chrome.csrfToken)}<button class="button button--primary" type="submit">Sign out</button></form>`,
  );
}

/** For a link that opens nothing. */
export function invitationSpentPage(chrome: Chrome): Html {
  return narrowPage(
    chrome,
    'This invitation is not valid',
    html`<p class="lead">It was accepted, taken back or has expired. Ask whoever invited you for a new one.</p>
    <p class="actions">${linkButton('Go to the shop', '/')}</p>`,
  );
}

function hiddenToken(token: string): Html {
  return html`<input type="hidden"${attributes({ name: 'token', value: token })}>`;
}
