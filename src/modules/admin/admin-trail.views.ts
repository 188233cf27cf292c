import { linkButton } from '../../http/buttons.views.ts';
import { breadcrumbs, dateTime, definitionList, emptyState } from '../../http/components.views.ts';
import { linkTo, may } from '../../http/console.views.ts';
import { field, select } from '../../http/forms.views.ts';
import { type Html, type HtmlValue, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import { type Act, acts } from '../../trail/acts.ts';
import type { TrailEntry } from '../trail/trail.model.ts';
import { filterBar, href, pageLinks } from './admin-list.views.ts';
import type { TrailPageQuery } from './admin-trail.pages.ts';

type Names = ReadonlyMap<string, string>;

const PATH = '/admin/trail';

/** Where what an act was about can be looked at. */
const pages: Readonly<Record<string, string>> = {
  product: '/admin/products/',
  variant: '/admin/stock/',
  order: '/admin/orders/',
  endpoint: '/admin/endpoints/',
  event: '/admin/events/',
  'stripe-event': '/admin/webhooks/',
  task: '/admin/tasks/',
  account: '/admin/customers/',
};

/** What was done, the latest first, filtered by URL. */
export function trailPage(
  chrome: Chrome,
  { entries, names }: { entries: Page<TrailEntry>; names: Names },
  { cursor, ...filter }: Omit<TrailPageQuery, 'cursor'> & { cursor: string | undefined },
): Html {
  const filtered = Object.values(filter).some(Boolean);
  return adminPage({
    title: 'Audit trail',
    section: 'trail',
    chrome,
    actions: may(chrome, 'audit:write') && exportLinks(filter),
    content: html`${filterBar({ action: PATH, filtered, fields: filterFields(filter) })}
    ${dataTable({
      caption: 'What was done',
      captionHidden: true,
      rows: entries.data,
      empty: emptyState({
        title: filtered ? 'Nothing of this kind was done' : 'Nothing was done yet',
      }),
      columns: [
        {
          label: 'What',
          rowHeader: true,
          cell: ({ id, act, occurredAt }) =>
            html`<a href="${PATH}/${id}">${labelOf(act)}</a><span class="cell__note">${dateTime(occurredAt)}</span>`,
        },
        { label: 'Who', cell: (entry) => who(entry, names) },
        { label: 'About', cell: ({ subject }) => about(chrome, subject) },
        { label: 'Detail', cell: ({ detail }) => inWords(detail) },
        { label: 'Network', cell: ({ network }) => network ?? '—' },
      ],
    })}
    ${pageLinks(PATH, { cursor, nextCursor: entries.nextCursor }, filter)}`,
  });
}

/** One act with its links in the chain. */
export function actPage(chrome: Chrome, entry: TrailEntry, names: Names): Html {
  return adminPage({
    title: labelOf(entry.act),
    section: 'trail',
    chrome,
    content: html`${breadcrumbs([{ label: 'Audit trail', href: PATH }], `Act ${entry.position}`)}
    <div class="admin-columns">
      <div><section class="panel"><h2>What was done</h2>${definitionList([
        ['Act', html`<code>${entry.act}</code>`],
        ['When', dateTime(entry.occurredAt)],
        ['Who', who(entry, names)],
        ['About', about(chrome, entry.subject)],
        ['From network', entry.network ?? '—'],
        ['Correlation id', correlation(entry)],
      ])}</section>
      <section class="panel"><h2>Detail</h2>
        <pre class="payload" tabindex="0" aria-label="Detail">${JSON.stringify(entry.detail, null, 2)}</pre></section></div>
      <div><section class="panel"><h2>In the chain</h2>${definitionList([
        ['Position', entry.position],
        ['Id', html`<code>${entry.id}</code>`],
        ['Hash', html`<code class="hash">${entry.hash}</code>`],
        ['Hash before', html`<code class="hash">${entry.previousHash}</code>`],
      ])}
      <p class="muted">The hash covers all of this and the hash before. <code>npm run audit</code> checks every one.</p></section></div>
    </div>`,
  });
}

/** A link to what was done to something, for those who may read it. */
export function trailLink(chrome: Chrome, subject: string): HtmlValue {
  return (
    may(chrome, 'audit:read') &&
    linkButton('Audit trail', href(PATH, { subject }), { kind: 'quiet' })
  );
}

function filterFields({ q, act, subject, actor, from, to }: TrailPageQuery): HtmlValue {
  return [
    field({ name: 'q', label: 'Any id', type: 'search', value: q, maxlength: 254 }),
    select({
      name: 'act',
      label: 'What',
      options: [
        { value: '', label: 'Any' },
        ...Object.entries(acts).map(([value, { label }]) => ({ value, label })),
      ],
      value: act,
    }),
    field({ name: 'from', label: 'From', type: 'date', value: from }),
    field({ name: 'to', label: 'To, inclusive', type: 'date', value: to }),
    // What links led to stays, until it is cleared.
    subject && html`<input type="hidden" name="subject" value="${subject}">`,
    actor && html`<input type="hidden" name="actor" value="${actor}">`,
  ];
}

function exportLinks(filter: TrailPageQuery): Html {
  const to = (format: string) => href(`${PATH}/export`, { ...filter, format });
  return html`${linkButton('Export CSV', to('csv'), { kind: 'secondary' })}${linkButton('JSON lines', to('jsonl'), { kind: 'secondary' })}`;
}

function labelOf(act: Act): string {
  // A version after this one may have written acts that this one does not know.
  return acts[act]?.label ?? act;
}

const kinds = {
  staff: 'Staff',
  customer: 'A customer',
  'api-key': 'An API key',
  visitor: 'A visitor',
  system: 'The shop',
};

function who({ actor }: TrailEntry, names: Names): Html {
  if (actor.id === null) return html`${kinds[actor.kind]}`;
  const name = names.get(actor.id) || actor.id;
  return html`<a href="${href(PATH, { actor: actor.id })}">${name}</a><span class="cell__note">${kinds[actor.kind]}</span>`;
}

function about(chrome: Chrome, { kind, id }: TrailEntry['subject']): Html {
  const what = kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('-', ' ');
  if (id === null) return html`${what}`;
  const page = pages[kind];
  const short = id.length > 24 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
  return page
    ? html`${linkTo(chrome, `${page}${encodeURIComponent(id)}`, what)} <code title="${id}">${short}</code>`
    : html`${what} <code>${id}</code>`;
}

function correlation({ correlationId }: TrailEntry): Html {
  if (correlationId === null) return html`—`;
  return html`<a href="${href(PATH, { q: correlationId })}"><code>${correlationId}</code></a>`;
}

/** `{delta: -3, fields: [title, tags]}` as "delta −3, fields title, tags". */
function inWords(detail: TrailEntry['detail']): string {
  const parts = Object.entries(detail)
    .filter(([name]) => !name.endsWith('Id'))
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`);
  return parts.join('; ') || '—';
}
