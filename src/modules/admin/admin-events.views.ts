import { catalogue } from '../../events/catalogue.ts';
import type { CloudEvent } from '../../events/consumer.ts';
import {
  type EventFilter,
  type findOutboxEvent,
  type ListedEvent,
  stateOf,
} from '../../events/event-log.ts';
import type { OutboxRow } from '../../events/outbox.repository.ts';
import { confirmAction } from '../../http/buttons.views.ts';
import {
  breadcrumbs,
  dateTime,
  definitionList,
  emptyState,
  statusBadge,
} from '../../http/components.views.ts';
import { linkTo, may } from '../../http/console.views.ts';
import { select } from '../../http/forms.views.ts';
import { type Html, type HtmlValue, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import { filterBar, pageLinks } from './admin-list.views.ts';

const states = [
  { value: '', label: 'Any' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'dead', label: 'Dead: needs a person' },
  { value: 'published', label: 'Published' },
];
const types = [
  { value: '', label: 'Any' },
  ...Object.keys(catalogue).map((type) => ({ value: type, label: type })),
];

/** What happened in the shop, newest first. */
export function eventsPage(
  chrome: Chrome,
  events: Page<ListedEvent>,
  { state, type, cursor }: EventFilter & { cursor?: string | undefined },
): Html {
  return adminPage({
    title: 'Events',
    section: 'events',
    chrome,
    content: html`${filterBar({
      action: '/admin/events',
      filtered: Boolean(state ?? type),
      fields: html`${select({ name: 'type', label: 'Type', options: types, value: type })}
        ${select({ name: 'state', label: 'State', options: states, value: state })}`,
    })}
    ${dataTable({
      caption: 'Events of the shop',
      captionHidden: true,
      rows: events.data,
      empty: emptyState({ title: state || type ? 'No such event' : 'Nothing happened yet' }),
      columns: [
        {
          label: 'Event',
          rowHeader: true,
          cell: (event) => html`<a href="/admin/events/${event.id}">${event.type}</a>`,
        },
        {
          label: 'State',
          cell: (event) => statusBadge(event.broker_dead_at ? 'dead' : stateOf(event)),
        },
        { label: 'Place', align: 'end', cell: ({ sequence }) => sequence },
        { label: 'Attempts', align: 'end', cell: ({ attempts }) => attempts },
        { label: 'Happened', cell: (event) => dateTime(event.occurred_at) },
      ],
    })}
    ${pageLinks('/admin/events', { cursor, nextCursor: events.nextCursor }, { state, type })}`,
  });
}

/** One event as it leaves the shop, and who acted on it. */
export function eventPage(
  chrome: Chrome,
  {
    event,
    envelope,
    appliedBy,
    toBroker,
  }: {
    event: OutboxRow;
    envelope: CloudEvent;
    appliedBy: readonly { consumer: string; applied_at: Date }[];
    toBroker: ToBroker | undefined;
  },
): Html {
  const order = 'orderId' in envelope.data ? envelope.data.orderId : null;
  return adminPage({
    title: event.type,
    section: 'events',
    chrome,
    actions:
      (stateOf(event) === 'dead' || (toBroker && stateOf(toBroker) === 'dead')) &&
      may(chrome, 'settings:write') &&
      confirmAction({
        label: 'Send again',
        question: 'Send this event again?',
        detail: 'Whoever applied it already will know it by its id and do nothing.',
        confirmLabel: 'Send it',
        action: `/admin/events/${event.id}/send`,
        csrfToken: chrome.csrfToken,
        kind: 'primary',
      }),
    content: html`${breadcrumbs([{ label: 'Events', href: '/admin/events' }], event.id)}
    <div class="admin-columns">
      <div><section class="panel"><h2>As it is sent</h2>
        <pre class="payload" tabindex="0" aria-label="Event">${JSON.stringify(envelope, null, 2)}</pre></section></div>
      <div><section class="panel"><h2>On its way</h2>${definitionList([
        ['State', statusBadge(stateOf(event))],
        // A version after this one may have recorded events that this one does not know.
        ['Meaning', catalogue[event.type]?.description ?? '—'],
        [
          'Order',
          event.aggregate_type === 'order' || order
            ? orderLink(chrome, order ?? event.aggregate_id)
            : '—',
        ],
        ['Happened', dateTime(event.occurred_at)],
        ['Sent on', event.published_at ? dateTime(event.published_at) : '—'],
        ['Attempts', event.attempts],
        ['Last error', event.last_error ?? '—'],
        [
          'Applied by',
          appliedBy.length === 0
            ? '—'
            : html`${appliedBy.map(({ consumer, applied_at }) => html`<div>${consumer}, ${dateTime(applied_at)}</div>`)}`,
        ],
        ...(toBroker ? [['To the broker', brokerWay(toBroker)] as const] : []),
        ['Correlation id', event.correlation_id ? html`<code>${event.correlation_id}</code>` : '—'],
      ])}</section></div>
    </div>`,
  });
}

type ToBroker = NonNullable<Awaited<ReturnType<typeof findOutboxEvent>>['toBroker']>;

function brokerWay(way: ToBroker): HtmlValue {
  if (way.published_at) return dateTime(way.published_at);
  return html`${statusBadge(stateOf(way))} ${way.attempts > 0 ? `${way.attempts} attempts: ${way.last_error ?? ''}` : ''}`;
}

function orderLink(chrome: Chrome, id: string): HtmlValue {
  return linkTo(chrome, `/admin/orders/${id}`, html`<code>${id}</code>`);
}
