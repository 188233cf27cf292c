import type { Instance } from '../../database/instances.ts';
import { button } from '../../http/buttons.views.ts';
import { badge, emptyState } from '../../http/components.views.ts';
import { linkTo, may, mayOpen } from '../../http/console.views.ts';
import { csrfField } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { ActivityEntry } from '../../telemetry/activity.ts';
import type { Part } from './operations.model.ts';
import type { RunningStatement, SlowStatement } from './operations.repository.ts';
import type { Operations } from './operations.service.ts';
import { duration } from './operations-words.model.ts';
import { runbookLink } from './runbook.views.ts';
import { moment } from './story.views.ts';

/** Every part of the shop with its state, what failed last, and what the database is busy with. */
export function operationsPage(chrome: Chrome, shop: Operations): Html {
  return adminPage({
    title: 'Operations',
    section: 'operations',
    chrome,
    actions:
      may(chrome, 'audit:read') &&
      html`<form method="post" action="/admin/operations/audit" data-submit-once>${csrfField(chrome.csrfToken)}${button('Audit now', { kind: 'secondary' })}</form>`,
    content: html`<section class="panel"><div class="panel__head"><h2>Parts</h2><a href="/admin/runbooks/README.md">All runbooks</a></div>${parts(chrome, shop.parts)}</section>
    <section class="panel"><h2>Processes</h2>${processes(shop.instances)}</section>
    <section class="panel"><h2>What failed last</h2>${failures(chrome, shop.failures)}</section>
    <section class="panel"><h2>Statements that run now</h2>${running(shop.running)}</section>
    <section class="panel"><h2>Statements that cost most</h2>${slow(shop.slow)}</section>`,
  });
}

const states = { ok: badge('OK', 'good'), warn: badge('Look', 'warn'), bad: badge('Bad', 'bad') };

function parts(chrome: Chrome, rows: readonly Part[]): Html {
  return dataTable({
    caption: 'Parts',
    captionHidden: true,
    rows,
    columns: [
      { label: 'Part', rowHeader: true, cell: ({ name }) => name },
      { label: 'State', cell: ({ state }) => states[state] },
      { label: 'How it does', cell: ({ sentence }) => sentence },
      {
        label: 'Help',
        cell: ({ runbook, href }) =>
          html`${runbookLink(runbook)}${href && mayOpen(chrome, href) && html` <a href="${href}">Look</a>`}`,
      },
    ],
  });
}

function processes(rows: readonly Instance[]): Html {
  return dataTable({
    caption: 'Processes',
    captionHidden: true,
    rows,
    empty: emptyState({ title: 'None says that it runs' }),
    columns: [
      { label: 'Host', rowHeader: true, cell: ({ host }) => host },
      { label: 'Does', cell: ({ role }) => role },
      { label: 'Version', cell: ({ version }) => version },
      { label: 'Since', cell: ({ startedAt }) => moment(startedAt) },
      { label: 'Last seen', cell: ({ seenAt }) => moment(seenAt) },
    ],
  });
}

function failures(chrome: Chrome, rows: readonly ActivityEntry[]): Html {
  return dataTable({
    caption: 'What failed last',
    captionHidden: true,
    rows,
    empty: emptyState({ title: 'Nothing failed in the last 30 days' }),
    columns: [
      { label: 'When', cell: ({ at }) => moment(at) },
      {
        label: 'What',
        rowHeader: true,
        cell: ({ kind, name }) => html`${name} <span class="cell__note">${kind}</span>`,
      },
      { label: 'Why', cell: ({ status, code }) => [status, code].filter(Boolean).join(' ') },
      {
        label: 'Story',
        cell: ({ correlationId }) =>
          linkTo(
            chrome,
            `/admin/story?q=${encodeURIComponent(correlationId)}`,
            html`<code>${correlationId}</code>`,
          ),
      },
    ],
  });
}

function running(rows: readonly RunningStatement[]): Html {
  return dataTable({
    caption: 'Statements that run now',
    captionHidden: true,
    rows,
    empty: emptyState({ title: 'None at this moment' }),
    columns: [
      {
        label: 'Statement',
        rowHeader: true,
        cell: ({ query, application }) =>
          query === null
            ? html`<span class="muted">of ${application || 'another program'}, not shown</span>`
            : html`<code>${query}</code>`,
      },
      { label: 'For', align: 'end', cell: ({ seconds }) => duration(seconds) },
      {
        label: 'State',
        cell: ({ state, waitsFor }) => [state, waitsFor].filter(Boolean).join(', '),
      },
    ],
  });
}

function slow(rows: readonly SlowStatement[] | null): Html {
  if (rows === null)
    return html`<p>This server keeps no statistics of statements. To turn them on, set
      <code>shared_preload_libraries = 'pg_stat_statements'</code> in its configuration, restart it, and
      have a superuser run <code>CREATE EXTENSION pg_stat_statements</code> in the shop’s database.</p>`;
  const ms = (value: number) => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;
  return dataTable({
    caption: 'Statements that cost most',
    captionHidden: true,
    rows,
    empty: emptyState({ title: 'None yet' }),
    columns: [
      { label: 'Statement', rowHeader: true, cell: ({ query }) => html`<code>${query}</code>` },
      { label: 'Calls', align: 'end', cell: ({ calls }) => calls },
      { label: 'Mean', align: 'end', cell: ({ meanMs }) => ms(meanMs) },
      { label: 'In all', align: 'end', cell: ({ totalMs }) => ms(totalMs) },
    ],
  });
}
