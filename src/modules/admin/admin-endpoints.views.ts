import { catalogue, type EventType, eventTypes } from '../../events/catalogue.ts';
import { button, linkButton } from '../../http/buttons.views.ts';
import { breadcrumbs, dateTime, emptyState, statusBadge } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import {
  checkbox,
  csrfField,
  errorSummary,
  type FieldError,
  field,
} from '../../http/forms.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { EndpointWithSecret } from '../webhooks/endpoints.service.ts';
import type { EndpointInput, WebhookEndpoint } from '../webhooks/webhooks.model.ts';
import { pageLinks } from './admin-list.views.ts';

export const endpointTrail = { label: 'Webhooks', href: '/admin/endpoints' };

/** Every endpoint, newest first. */
export function endpointsPage(
  chrome: Chrome,
  endpoints: Page<WebhookEndpoint>,
  cursor: string | undefined,
): Html {
  const writes = may(chrome, 'settings:write');
  return adminPage({
    title: 'Webhooks',
    section: 'endpoints',
    chrome,
    actions: writes && linkButton('New endpoint', '/admin/endpoints/new'),
    content: html`${dataTable({
      caption: 'Endpoints',
      captionHidden: true,
      rows: endpoints.data,
      empty: emptyState({
        title: 'No endpoints yet',
        text: 'An endpoint is an address of your own programs: what happens in the shop is sent to it.',
        ...(writes && { action: { label: 'New endpoint', href: '/admin/endpoints/new' } }),
      }),
      columns: [
        {
          label: 'Address',
          rowHeader: true,
          cell: ({ id, url }) =>
            html`<a class="breakable" href="/admin/endpoints/${id}">${url}</a>`,
        },
        { label: 'State', cell: endpointState },
        { label: 'Events', cell: ({ eventTypes }) => eventTypes?.length ?? 'All' },
        { label: 'Description', cell: ({ description }) => description || '—' },
        { label: 'Created', cell: ({ createdAt }) => dateTime(createdAt) },
      ],
    })}
    ${pageLinks('/admin/endpoints', { cursor, nextCursor: endpoints.nextCursor })}`,
  });
}

/** Enabled, disabled, or enabled but failing. */
export function endpointState({ state, failingSince }: WebhookEndpoint): Html {
  return statusBadge(state === 'enabled' && failingSince !== null ? 'failing' : state);
}

/** An endpoint as its form has it. */
export interface TypedEndpoint extends EndpointInput {
  /** What was said of it as the form was made, in short; empty for a new one. */
  readonly seen: string;
}

/** The form that makes an endpoint, or changes the one of an id. */
export function endpointFormPage(
  chrome: Chrome,
  id: string | null,
  form: TypedEndpoint,
  errors: readonly FieldError[],
): Html {
  const title = id === null ? 'New endpoint' : 'Change the endpoint';
  const path = id === null ? '/admin/endpoints' : `/admin/endpoints/${id}`;
  return adminPage({
    title,
    section: 'endpoints',
    chrome,
    content: html`${breadcrumbs([endpointTrail], title)}
    ${errorSummary(errors, 'Nothing was saved yet')}
    <form class="panel form" method="post" action="${path}" data-submit-once>
      ${csrfField(chrome.csrfToken)}
      <input type="hidden"${attributes({ name: 'seen', value: form.seen })}>
      ${field({ name: 'url', label: 'Address', type: 'url', hint: 'Events are posted to it as JSON, signed.', value: form.url, errors, required: true, maxlength: 2048 })}
      ${field({ name: 'description', label: 'Description (optional)', value: form.description, errors, maxlength: 500 })}
      <fieldset>
        <legend class="field__label">Events</legend>
        <p class="field__hint">Tick what it wants. With none ticked, it gets every event, also those that come with later versions.</p>
        <div class="checks">${eventTypes.map((type) => eventBox(type, form))}</div>
      </fieldset>
      <div class="actions">${button(id === null ? 'Create the endpoint' : 'Save')}${linkButton('Back', path, { kind: 'quiet' })}</div>
    </form>`,
  });
}

function eventBox(type: EventType, form: EndpointInput): Html {
  return checkbox({
    name: 'eventTypes',
    value: type,
    label: html`<code>${type}</code> <span class="muted">${catalogue[type].description}</span>`,
    checked: form.eventTypes?.includes(type) ?? false,
  });
}

/** A new secret, shown this once. */
export function secretPage(chrome: Chrome, endpoint: EndpointWithSecret, title: string): Html {
  const { id, url, secret } = endpoint;
  return adminPage({
    title,
    section: 'endpoints',
    chrome,
    content: html`${breadcrumbs([endpointTrail, { label: url, href: `/admin/endpoints/${id}` }], title)}
    <section class="panel form">
      <h2>Its signing secret</h2>
      <p>Copy it now: it is not shown again. With it your program verifies that an event comes from this shop and is whole.</p>
      <pre class="payload" tabindex="0" aria-label="Signing secret">${secret}</pre>
      <p class="muted">A secret that it replaces stays valid for 24 hours: until then every event carries both signatures.</p>
      <div class="actions">${linkButton('Go to the endpoint', `/admin/endpoints/${id}`)}</div>
    </section>`,
  });
}
