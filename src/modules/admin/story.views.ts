import { badge, emptyState, money, statusBadge, type Tone } from '../../http/components.views.ts';
import { linkTo, mayOpen } from '../../http/console.views.ts';
import { field } from '../../http/forms.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { StoryEntry } from '../story/entries.model.ts';
import type { FoundOrder } from '../story/story.model.ts';
import type { Search, Story } from '../story/story.service.ts';
import type { Trouble } from '../story/trouble-kinds.model.ts';
import { filterBar } from './admin-list.views.ts';
import { duration } from './operations-words.model.ts';
import { runbookLink } from './runbook.views.ts';

interface StoryView {
  readonly q: string;
  /** null: nothing was searched for. */
  readonly found: Search | null;
  readonly tracesUrl: string | null;
}

/** What is wrong with an order now, and everything that happened to it. */
export function storyPage(chrome: Chrome, view: StoryView): Html {
  const { q, found } = view;
  const story = found?.story;
  return adminPage({
    title: story ? `Story of order ${story.order.number}` : 'Story of an order',
    section: null,
    chrome,
    content: html`${filterBar({
      action: '/admin/story',
      filtered: q !== '',
      fields: field({
        name: 'q',
        label: 'Order number, or an id',
        type: 'search',
        value: q,
        maxlength: 200,
        required: true,
        autofocus: q === '',
      }),
    })}
    ${resultOf(chrome, view)}`,
  });
}

function resultOf(chrome: Chrome, { q, found, tracesUrl }: StoryView): Html {
  if (found === null) return emptyState({ title: 'Which order?', text: searchable });
  if (found.story) return storyOf(chrome, found.story, tracesUrl);
  if (found.orders.length > 0)
    return html`<section class="panel"><h2>${found.orders.length} orders</h2>${orderList(found.orders)}</section>`;
  if (found.work.length === 0)
    return emptyState({ title: `Nothing is known as “${q}”`, text: searchable });
  return html`<section class="panel"><h2>Done under this correlation id</h2>
    <p class="muted">It led to no order.</p>${entryTable(chrome, found.work, tracesUrl)}</section>`;
}

const searchable = html`Search by an order’s number (1001) or id, by a correlation id of a request, by an id of
  Stripe’s (cs_…, pi_…, re_…, evt_…), or by the id of a payment, refund, checkout, event or delivery. An order of a
  certain e-mail address is found <a href="/admin/orders">in the list of orders</a>.`;

function orderList(orders: readonly FoundOrder[]): Html {
  return html`<ul class="story-orders">${orders.map(
    ({ number, status }) =>
      html`<li><a href="/admin/story?q=${number}">Order ${number}</a> ${statusBadge(status)}</li>`,
  )}</ul>`;
}

function storyOf(
  chrome: Chrome,
  { order, troubles, entries }: Story,
  tracesUrl: string | null,
): Html {
  const { id, number, status, total, currency } = order;
  return html`<section class="panel"><div class="panel__head"><h2>What is wrong now</h2>
      <p>${statusBadge(status)} ${money({ amount: total, currency })} <a href="/admin/orders/${id}">Order ${number}</a></p></div>
      ${troubles.length > 0 ? troubleList(chrome, troubles) : emptyState({ icon: 'check', title: 'Nothing is wrong with this order' })}
    </section>
    <section class="panel"><h2>What happened</h2>${entryTable(chrome, entries, tracesUrl)}</section>`;
}

function troubleList(chrome: Chrome, troubles: readonly Trouble[]): Html {
  return html`<ul class="troubles">${troubles.map(
    ({ step, severity, what, runbook, href, since }) => html`<li>
      ${badge(step.replace('_', ' '), severity)}
      <p class="troubles__what">${what}${since && html` <span class="muted">For ${age(since)}.</span>`}</p>
      <p class="troubles__links">${runbookLink(runbook)}${href && mayOpen(chrome, href) && html` <a href="${href}">Look</a>`}</p>
    </li>`,
  )}</ul>`;
}

/** Requests, jobs, events and what else happened, oldest first. */
export function entryTable(
  chrome: Chrome,
  rows: readonly StoryEntry[],
  tracesUrl: string | null,
): Html {
  return dataTable({
    caption: 'What happened',
    captionHidden: true,
    rows,
    empty: emptyState({ title: 'Nothing happened' }),
    columns: [
      { label: 'When', cell: (row) => clock(row.at, rows[rows.indexOf(row) - 1]?.at) },
      {
        label: 'What',
        rowHeader: true,
        cell: ({ kind, what, detail, href }) =>
          html`${href ? linkTo(chrome, href, what) : what}
            <span class="cell__note">${kind}${detail && ` · ${detail}`}</span>`,
      },
      { label: 'Outcome', cell: ({ outcome }) => badge(outcome, tones[outcome] ?? 'neutral') },
      { label: 'Correlation', cell: (entry) => ids(entry, tracesUrl) },
    ],
  });
}

function ids({ correlationId, traceId }: StoryEntry, tracesUrl: string | null): Html {
  return html`${
    correlationId &&
    html`<a class="nowrap" href="/admin/story?q=${encodeURIComponent(correlationId)}"${attributes({ title: correlationId })}><code>${shortened(correlationId)}</code></a>`
  }${
    traceId &&
    html`<span class="cell__note">${
      tracesUrl
        ? html`<a href="${tracesUrl}/trace/${traceId}">Trace</a>`
        : html`<span title="${traceId}">trace ${shortened(traceId)}</span>`
    }</span>`
  }`;
}

const tones: Readonly<Record<string, Tone>> = {
  ok: 'good',
  applied: 'good',
  published: 'good',
  succeeded: 'good',
  completed: 'good',
  done: 'good',
  refused: 'warn',
  waiting: 'warn',
  pending: 'warn',
  creating: 'warn',
  running: 'info',
  open: 'info',
  failed: 'bad',
  parked: 'bad',
  dead: 'bad',
};

/** Ids made one after the other differ at their ends. */
function shortened(id: string): string {
  return id.length > 14 ? `…${id.slice(-10)}` : id;
}

function age(since: Date): Html {
  const text = duration(Math.max(0, (Date.now() - since.getTime()) / 1000));
  return html`<time datetime="${since.toISOString()}">${text}</time>`;
}

/** The time of day to the millisecond, in UTC; with its day where that is another than of the row above. */
function clock(at: Date, above: Date | undefined): Html {
  const [day, time] = at.toISOString().split('T') as [string, string];
  const isNew = above?.toISOString().slice(0, 10) !== day;
  return html`<time class="nowrap" datetime="${at.toISOString()}">${time.slice(0, 12)}${isNew && html`<span class="cell__note">${day}</span>`}</time>`;
}

/** To the millisecond, in UTC: what follows what is told by it. */
export function moment(at: Date): Html {
  const text = at.toISOString();
  return html`<time class="nowrap" datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 23)}</time>`;
}
