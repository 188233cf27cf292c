import { confirmAction } from '../../http/buttons.views.ts';
import { badge, breadcrumbs, dateTime, pagination } from '../../http/components.views.ts';
import { ACCOUNT, formPage, passwordField } from '../../http/form-page.views.ts';
import { csrfField, type FieldError } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import { NEW_PASSWORD_HINT, PASSWORD_LENGTH } from './identity.model.ts';
import type { Session } from './own-sessions.service.ts';

/** Where somebody is signed in, with a way out of each. */
export function sessionsPage(
  chrome: Chrome,
  { sessions, isFirst }: { sessions: Page<Session>; isFirst: boolean },
): Html {
  const { csrfToken } = chrome;
  const { nextCursor } = sessions;
  return storefrontPage({
    title: 'Where you are signed in',
    private: true,
    chrome,
    content: html`${breadcrumbs([ACCOUNT], 'Where you are signed in')}
    <div class="page-head"><h1>Where you are signed in</h1></div>
    <p class="lead">Something here that you do not know? Sign it out and <a href="/account/password">change your password</a>.</p>
    ${dataTable({
      caption: 'Sessions, newest first',
      captionHidden: true,
      rows: sessions.data,
      columns: [
        {
          label: 'Device',
          rowHeader: true,
          cell: ({ device, kind, current }) =>
            html`${device} ${kind === 'api' && badge('App or program')} ${current && badge('This one', 'info')}`,
        },
        { label: 'Signed in', cell: ({ createdAt }) => dateTime(createdAt) },
        { label: 'Last seen', cell: ({ lastSeenAt }) => dateTime(lastSeenAt) },
        {
          label: 'Sign out',
          labelHidden: true,
          align: 'end',
          cell: ({ id, device }) =>
            html`<form method="post" action="/account/sessions/${id}/end">${csrfField(csrfToken)}<button class="button button--secondary button--small" type="submit">Sign out<span class="visually-hidden"> ${device}</span></button></form>`,
        },
      ],
    })}
    ${pagination({
      firstHref: isFirst ? null : '/account/sessions',
      nextHref: nextCursor && `/account/sessions?cursor=${encodeURIComponent(nextCursor)}`,
    })}
    ${
      sessions.data.some(({ current }) => !current) &&
      html`<div class="actions">${confirmAction({
        label: 'Sign out everywhere else',
        question: 'Sign out every other session?',
        detail: 'Browsers and programs that use your account have to sign in again.',
        confirmLabel: 'Yes, sign them out',
        action: '/account/sessions/end-others',
        csrfToken,
      })}</div>`
    }`,
  });
}

/** A new password for whoever knows the current one. */
export function changePasswordPage(chrome: Chrome, errors?: readonly FieldError[]): Html {
  const { minimum: minlength, maximum: maxlength } = PASSWORD_LENGTH;
  return formPage({
    title: 'Change your password',
    under: [ACCOUNT],
    lead: 'Your other sessions are signed out.',
    chrome,
    errors,
    action: '/account/password',
    submit: 'Change the password',
    fields: [
      passwordField({
        name: 'currentPassword',
        label: 'Current password',
        autocomplete: 'current-password',
        maxlength,
        errors,
      }),
      passwordField({
        name: 'newPassword',
        label: 'New password',
        autocomplete: 'new-password',
        hint: NEW_PASSWORD_HINT,
        minlength,
        maxlength,
        errors,
      }),
    ],
    after: html`<p><a href="/forgot-password">Forgot your password?</a></p>`,
  });
}
