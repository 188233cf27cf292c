import { button, confirmAction, linkButton } from '../../http/buttons.views.ts';
import {
  breadcrumbs,
  dateTime,
  definitionList,
  emptyState,
  statusBadge,
} from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { csrfField, field, select } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { WebhookDelivery, WebhookEndpoint } from '../webhooks/webhooks.model.ts';
import { endpointState, endpointTrail } from './admin-endpoints.views.ts';
import { filterBar, pageLinks } from './admin-list.views.ts';

const states = [
  { value: '', label: 'Any' },
  { value: 'pending', label: 'Pending' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'failed', label: 'Failed: given up' },
];

/** One endpoint: how it fares, what was sent to it, and what can be done. */
export function endpointPage(
  chrome: Chrome,
  endpoint: WebhookEndpoint,
  log: Page<WebhookDelivery>,
  filter: { state?: string | undefined; cursor?: string | undefined },
): Html {
  const path = `/admin/endpoints/${endpoint.id}`;
  const writes = may(chrome, 'settings:write');
  return adminPage({
    title: 'Endpoint',
    section: 'endpoints',
    chrome,
    actions: writes && acts(path, endpoint, chrome.csrfToken),
    content: html`${breadcrumbs([endpointTrail], endpoint.url)}
    <section class="panel"><h2>How it fares</h2>${facts(endpoint)}</section>
    <section class="panel"><h2>Deliveries</h2>
      ${filterBar({
        action: path,
        filtered: Boolean(filter.state),
        fields: select({ name: 'state', label: 'State', options: states, value: filter.state }),
      })}
      ${deliveries(path, log, filter)}
    </section>
    ${writes && endpoint.state === 'enabled' && replayForm(path, chrome.csrfToken)}`,
  });
}

function facts(endpoint: WebhookEndpoint): Html {
  return definitionList([
    ['Address', html`<span class="breakable">${endpoint.url}</span>`],
    ['State', endpointState(endpoint)],
    ...(endpoint.disabledAt === null
      ? []
      : [
          ['Disabled', dateTime(endpoint.disabledAt)] as const,
          ['Because', endpoint.disabledReason] as const,
        ]),
    ...(endpoint.failingSince === null
      ? []
      : [['Nothing arrived since', dateTime(endpoint.failingSince)] as const]),
    ['Description', endpoint.description || '—'],
    ['Events', endpoint.eventTypes?.join(', ') ?? 'All'],
    ['Created', dateTime(endpoint.createdAt)],
  ]);
}

function acts(path: string, { state }: WebhookEndpoint, csrfToken: string): Html {
  const enabled = state === 'enabled';
  return html`${
    enabled &&
    html`<form method="post" action="${path}/ping" data-submit-once>${csrfField(csrfToken)}${button('Send a ping', { kind: 'secondary' })}</form>`
  }${linkButton('Change', `${path}/edit`, { kind: 'secondary' })}${confirmAction({
    label: enabled ? 'Disable' : 'Enable',
    question: enabled ? 'Disable this endpoint?' : 'Enable this endpoint?',
    detail: enabled
      ? 'What is on its way waits; what happens from now on is not sent to it, also later.'
      : 'What waits for it is sent at once.',
    confirmLabel: enabled ? 'Disable it' : 'Enable it',
    action: `${path}/${enabled ? 'disable' : 'enable'}`,
    csrfToken,
    kind: 'primary',
  })}${confirmAction({
    label: 'Replace the secret',
    question: 'Replace the signing secret?',
    detail: 'You see the new one once. The old one stays valid for 24 hours.',
    confirmLabel: 'Replace it',
    action: `${path}/rotate`,
    csrfToken,
    kind: 'primary',
  })}${confirmAction({
    label: 'Delete',
    question: 'Delete this endpoint?',
    detail: 'Its log and what waits for it go too. This cannot be undone.',
    confirmLabel: 'Delete it',
    action: `${path}/delete`,
    csrfToken,
  })}`;
}

function deliveries(
  path: string,
  log: Page<WebhookDelivery>,
  { state, cursor }: { state?: string | undefined; cursor?: string | undefined },
): Html {
  return html`${dataTable({
    caption: 'Deliveries, newest first',
    captionHidden: true,
    rows: log.data,
    empty: emptyState({ title: state ? 'No delivery in this state' : 'Nothing was sent yet' }),
    columns: [
      {
        label: 'Event',
        rowHeader: true,
        cell: ({ id, eventType }) => html`<a href="${path}/deliveries/${id}">${eventType}</a>`,
      },
      { label: 'State', cell: (delivery) => statusBadge(delivery.state) },
      { label: 'Attempts', align: 'end', cell: ({ attempts }) => attempts },
      { label: 'Last answer', cell: ({ lastStatus, lastError }) => lastError ?? lastStatus ?? '—' },
      {
        label: 'Next attempt',
        cell: ({ nextAttemptAt }) => (nextAttemptAt ? dateTime(nextAttemptAt) : '—'),
      },
      { label: 'Created', cell: ({ createdAt }) => dateTime(createdAt) },
    ],
  })}
  ${pageLinks(path, { cursor, nextCursor: log.nextCursor }, { state })}`;
}

function replayForm(path: string, csrfToken: string): Html {
  return html`<section class="panel"><h2>Send again what failed</h2>
    <form class="toolbar" method="post" action="${path}/replay-failed" data-submit-once>
      ${csrfField(csrfToken)}
      ${field({ name: 'since', label: 'Of the events since (UTC)', type: 'date', required: true })}
      ${button('Send again', { kind: 'secondary' })}
    </form>
    <p class="muted">Your program knows a repeated event by its id.</p></section>`;
}
