import { confirmAction } from '../../http/buttons.views.ts';
import {
  breadcrumbs,
  dateTime,
  definitionList,
  emptyState,
  statusBadge,
} from '../../http/components.views.ts';
import { linkTo, may } from '../../http/console.views.ts';
import { errorSummary, type FieldError, field, select } from '../../http/forms.views.ts';
import { type Html, type HtmlValue, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { WebhookEvent } from '../payments/webhooks.service.ts';
import { filterBar, pageLinks } from './admin-list.views.ts';

const states = [
  { value: '', label: 'Any' },
  { value: 'received', label: 'Received, not applied yet' },
  { value: 'parked', label: 'Parked: needs a person' },
  { value: 'applied', label: 'Applied' },
  { value: 'ignored', label: 'Ignored' },
  { value: 'closed', label: 'Closed by a person' },
];

/** What Stripe sent, newest first. */
export function webhooksPage(
  chrome: Chrome,
  events: Page<WebhookEvent>,
  { state, cursor }: { state?: string | undefined; cursor?: string | undefined },
): Html {
  return adminPage({
    title: 'Stripe events',
    section: 'webhooks',
    chrome,
    content: html`${filterBar({
      action: '/admin/webhooks',
      filtered: Boolean(state),
      fields: select({ name: 'state', label: 'State', options: states, value: state }),
    })}
    ${dataTable({
      caption: 'Stripe events',
      captionHidden: true,
      rows: events.data,
      empty: emptyState({
        title: state ? 'No event in this state' : 'Stripe has sent nothing yet',
      }),
      columns: [
        {
          label: 'Event',
          rowHeader: true,
          cell: ({ event_id, type }) =>
            html`<a href="/admin/webhooks/${encodeURIComponent(event_id)}">${type}</a>`,
        },
        { label: 'State', cell: ({ state }) => statusBadge(state) },
        { label: 'Attempts', align: 'end', cell: ({ attempts }) => attempts },
        { label: 'Received', cell: ({ received_at }) => dateTime(received_at) },
        { label: 'Note', cell: ({ note }) => note ?? '—' },
      ],
    })}
    ${pageLinks('/admin/webhooks', { cursor, nextCursor: events.nextCursor }, { state })}`,
  });
}

/** What was typed to close an event, and what is wrong with it. */
export interface Closing {
  readonly reason?: string;
  readonly errors?: FieldError[];
}

/** One event as it came, what became of it, and what can still be done where that is not all. */
export function webhookEventPage(chrome: Chrome, event: WebhookEvent, closing: Closing): Html {
  const open = event.state === 'parked' || event.state === 'received';
  return adminPage({
    title: event.type,
    section: 'webhooks',
    chrome,
    actions:
      may(chrome, 'settings:write') &&
      html`${open && applyAgain(chrome, event)}${event.state === 'parked' && closeAction(chrome, event, closing)}`,
    content: html`${breadcrumbs([{ label: 'Stripe events', href: '/admin/webhooks' }], event.event_id)}
    ${errorSummary(closing.errors, 'The event was not closed')}
    <div class="admin-columns">
      <div><section class="panel"><h2>Payload</h2>
        <pre class="payload" tabindex="0" aria-label="Payload">${JSON.stringify(event.payload, null, 2)}</pre></section></div>
      <div><section class="panel"><h2>What became of it</h2>${definitionList([
        ['State', statusBadge(event.state)],
        ['Note', event.note ?? '—'],
        ['Attempts', event.attempts],
        ['Received', dateTime(event.received_at)],
        ['Settled', event.settled_at ? dateTime(event.settled_at) : '—'],
        ...closedBy(chrome, event),
        ['Correlation id', event.correlation_id ? html`<code>${event.correlation_id}</code>` : '—'],
      ])}</section></div>
    </div>`,
  });
}

function applyAgain({ csrfToken }: Chrome, { event_id: id }: WebhookEvent): Html {
  return confirmAction({
    label: 'Apply again',
    question: 'Apply this event again?',
    detail: 'Safe to repeat: what was done before is not done twice.',
    confirmLabel: 'Apply it',
    action: `/admin/webhooks/${encodeURIComponent(id)}/replay`,
    csrfToken,
    kind: 'primary',
  });
}

function closeAction(
  { csrfToken }: Chrome,
  { event_id: id }: WebhookEvent,
  { reason, errors }: Closing,
): Html {
  return confirmAction({
    label: 'Close',
    question: 'Close this event?',
    detail:
      'Once you know what became of its money. It is not applied any more, and the audit stops warning of it.',
    confirmLabel: 'Close it',
    action: `/admin/webhooks/${encodeURIComponent(id)}/close`,
    csrfToken,
    open: errors !== undefined,
    fields: html`${field({ name: 'reason', label: 'What became of the money', value: reason, errors, required: true, maxlength: 500 })}`,
  });
}

function closedBy(chrome: Chrome, event: WebhookEvent): [string, HtmlValue][] {
  const by = event.closed_by;
  if (event.closed_at === null) return [];
  return [
    ['Closed', dateTime(event.closed_at)],
    ['By', linkTo(chrome, `/admin/customers/${by}`, html`<code>${by}</code>`)],
    ['Reason', event.closed_reason],
  ];
}
