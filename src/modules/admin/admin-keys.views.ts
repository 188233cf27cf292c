import { button, confirmAction, linkButton } from '../../http/buttons.views.ts';
import {
  breadcrumbs,
  date,
  dateTime,
  emptyState,
  statusBadge,
} from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { csrfField, errorSummary, type FieldError, field, select } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { Permission } from '../../shared/permissions.ts';
import { type ApiKey, NEVER_BY_KEY } from '../staff/api-key.model.ts';
import type { NewApiKey } from '../staff/api-keys.service.ts';
import { pageLinks } from './admin-list.views.ts';
import { permissionBoxes, permissionWords } from './permission-boxes.views.ts';

const trail = { label: 'API keys', href: '/admin/keys' };

export interface TypedKey {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly days: '30' | '90' | '180' | '365';
}

/** Every key, newest first, those that have ended too. */
export function keysPage(chrome: Chrome, keys: Page<ApiKey>, cursor: string | undefined): Html {
  const writes = may(chrome, 'staff:write');
  return adminPage({
    title: 'API keys',
    section: 'keys',
    chrome,
    actions: writes && linkButton('New key', '/admin/keys/new'),
    content: html`${dataTable({
      caption: 'API keys',
      captionHidden: true,
      rows: keys.data,
      empty: emptyState({
        title: 'No keys yet',
        text: 'With a key a program of yours uses the API: a till, a warehouse, an accounting system.',
        ...(writes && { action: { label: 'New key', href: '/admin/keys/new' } }),
      }),
      columns: [
        {
          label: 'Name',
          rowHeader: true,
          cell: ({ name, hint }) => html`${name} <span class="muted">…${hint}</span>`,
        },
        { label: 'State', cell: ({ state }) => statusBadge(state) },
        { label: 'May', cell: ({ scopes }) => permissionWords(scopes) },
        { label: 'Made by', cell: ({ madeBy }) => madeBy },
        {
          label: 'Last used',
          cell: ({ lastUsedAt }) => (lastUsedAt ? dateTime(lastUsedAt) : 'Never'),
        },
        { label: 'Ends', cell: ({ expiresAt }) => date(expiresAt) },
        ...(writes
          ? [
              {
                label: 'Actions',
                labelHidden: true,
                cell: (key: ApiKey) => key.state === 'active' && revokeAction(chrome, key),
              },
            ]
          : []),
      ],
    })}
    ${pageLinks('/admin/keys', { cursor, nextCursor: keys.nextCursor })}`,
  });
}

function revokeAction({ csrfToken }: Chrome, { id, name }: ApiKey): Html {
  return confirmAction({
    label: 'Revoke',
    question: `Revoke the key ${name}?`,
    detail: 'The program that uses it is refused from now on. This cannot be undone.',
    confirmLabel: 'Revoke it',
    action: `/admin/keys/${id}/revoke`,
    csrfToken,
    size: 'small',
  });
}

/** The form that makes a key. */
export function newKeyPage(
  chrome: Chrome,
  typed: TypedKey,
  errors: readonly FieldError[] = [],
): Html {
  return adminPage({
    title: 'New API key',
    section: 'keys',
    chrome,
    content: html`${breadcrumbs([trail], 'New API key')}
    ${errorSummary(errors, 'No key was made')}
    <form class="panel form" method="post" action="/admin/keys" data-submit-once>
      ${csrfField(chrome.csrfToken)}
      ${field({ name: 'name', label: 'Name', hint: 'Which program uses it.', value: typed.name, errors, required: true, maxlength: 60 })}
      <fieldset id="field-scopes" tabindex="-1">
        <legend class="field__label">What it may do</legend>
        <p class="field__hint">Never more than you may yourself at the time. No key changes who works here.</p>
        ${permissionBoxes(chrome, { name: 'scopes', ticked: typed.scopes, never: NEVER_BY_KEY })}
      </fieldset>
      ${select({
        name: 'days',
        label: 'Ends in',
        options: [
          { value: '30', label: '30 days' },
          { value: '90', label: '90 days' },
          { value: '180', label: '180 days' },
          { value: '365', label: 'A year' },
        ],
        value: typed.days,
        width: 'medium',
      })}
      <div class="actions">${button('Make the key')}${linkButton('Back', '/admin/keys', { kind: 'quiet' })}</div>
    </form>`,
  });
}

/** A new key, shown this once. */
export function shownKeyPage(chrome: Chrome, { name, key, expiresAt }: NewApiKey): Html {
  return adminPage({
    title: 'The key is made',
    section: 'keys',
    chrome,
    content: html`${breadcrumbs([trail], name)}
    <section class="panel form">
      <h2>${name}</h2>
      <p>Copy it now: it is not shown again. The program sends it with every request as <code>Authorization: Bearer</code>. It ends on ${date(expiresAt)}.</p>
      <pre class="payload" tabindex="0" aria-label="API key">${key}</pre>
      <p class="muted">Whoever has the key can do what it may. Keep it out of code and mails.</p>
      <div class="actions">${linkButton('Go to the keys', '/admin/keys')}</div>
    </section>`,
  });
}
