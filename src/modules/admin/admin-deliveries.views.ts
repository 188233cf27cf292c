import { confirmAction } from '../../http/buttons.views.ts';
import { breadcrumbs, dateTime, definitionList, statusBadge } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { WebhookDeliveryDetail, WebhookEndpoint } from '../webhooks/webhooks.model.ts';
import { endpointTrail } from './admin-endpoints.views.ts';

/** One delivery: what was sent, each attempt, and another one where the endpoint is enabled. */
export function deliveryPage(
  chrome: Chrome,
  endpoint: WebhookEndpoint,
  delivery: WebhookDeliveryDetail,
): Html {
  const path = `/admin/endpoints/${endpoint.id}`;
  return adminPage({
    title: delivery.eventType,
    section: 'endpoints',
    chrome,
    actions:
      endpoint.state === 'enabled' &&
      may(chrome, 'settings:write') &&
      confirmAction({
        label: 'Send again',
        question: 'Send this event again?',
        detail: 'With the same id, by which the receiver knows that it is a repetition.',
        confirmLabel: 'Send it',
        action: `${path}/deliveries/${delivery.id}/replay`,
        csrfToken: chrome.csrfToken,
        kind: 'primary',
      }),
    content: html`${breadcrumbs([endpointTrail, { label: endpoint.url, href: path }], delivery.eventType)}
    <div class="admin-columns">
      <div>
        <section class="panel"><h2>Attempts</h2>${attempts(delivery)}</section>
        <section class="panel"><h2>What is sent</h2>
          <pre class="payload" tabindex="0" aria-label="What is sent">${JSON.stringify(JSON.parse(delivery.body), null, 2)}</pre></section>
      </div>
      <div><section class="panel"><h2>What became of it</h2>${definitionList([
        ['State', statusBadge(delivery.state)],
        ['Next attempt', delivery.nextAttemptAt ? dateTime(delivery.nextAttemptAt) : '—'],
        ['Created', dateTime(delivery.createdAt)],
        ['Settled', delivery.settledAt ? dateTime(delivery.settledAt) : '—'],
        ['Event id', html`<code>${delivery.eventId}</code>`],
        [
          'Correlation id',
          delivery.correlationId ? html`<code>${delivery.correlationId}</code>` : '—',
        ],
      ])}</section>
      ${
        delivery.responseExcerpt &&
        html`<section class="panel"><h2>Last answer</h2>
        <pre class="payload" tabindex="0" aria-label="Last answer">${delivery.responseExcerpt}</pre></section>`
      }</div>
    </div>`,
  });
}

function attempts({ log }: WebhookDeliveryDetail): Html {
  return dataTable({
    caption: 'Attempts in order',
    captionHidden: true,
    rows: log,
    empty: html`<p class="muted">None yet.</p>`,
    columns: [
      { label: 'Attempt', rowHeader: true, cell: ({ number }) => number },
      { label: 'At', cell: ({ attemptedAt }) => dateTime(attemptedAt) },
      { label: 'Answer', cell: ({ status }) => status ?? '—' },
      { label: 'Error', cell: ({ error }) => error ?? '—' },
      {
        label: 'Took',
        align: 'end',
        cell: ({ durationMs }) => html`<span class="nowrap">${durationMs} ms</span>`,
      },
    ],
  });
}
