import { button } from '../../http/buttons.views.ts';
import { badge, dateTime, definitionList, emptyState } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { csrfField, select } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { Run } from '../reconciliation/reconciliation.model.ts';
import type { Task } from '../tasks/tasks.model.ts';
import { filterBar, pageLinks } from './admin-list.views.ts';

const states = [
  { value: '', label: 'Any' },
  { value: 'open', label: 'Open' },
  { value: 'done', label: 'Done' },
  { value: 'dismissed', label: 'Dismissed' },
];
const severities = [
  { value: '', label: 'Any' },
  { value: 'error', label: 'Errors' },
  { value: 'warning', label: 'Warnings' },
];

/** What waits for an administrator, and how the last comparison with Stripe went. */
export function tasksPage(
  chrome: Chrome,
  page: {
    tasks: Page<Task>;
    run: Run | null;
    filter: {
      state?: Task['state'] | undefined;
      severity?: Task['severity'] | undefined;
      cursor?: string | undefined;
    };
  },
): Html {
  const { tasks, run, filter } = page;
  const { state, severity, cursor } = filter;
  const filtered = Boolean(state || severity);
  return adminPage({
    title: 'Tasks',
    section: 'tasks',
    chrome,
    actions:
      may(chrome, 'orders:write') &&
      html`<form method="post" action="/admin/tasks/reconcile" data-submit-once>${csrfField(chrome.csrfToken)}${button('Compare with Stripe now', { kind: 'secondary' })}</form>`,
    content: html`${filterBar({
      action: '/admin/tasks',
      filtered,
      fields: html`${select({ name: 'state', label: 'State', options: states, value: state })}
        ${select({ name: 'severity', label: 'Severity', options: severities, value: severity })}`,
    })}
    ${dataTable({
      caption: 'Tasks',
      captionHidden: true,
      rows: tasks.data,
      empty: emptyState({ title: filtered ? 'No such task' : 'Nothing waits for you' }),
      columns: [
        {
          label: 'Task',
          rowHeader: true,
          cell: ({ id, title, detail, lastSeen }) =>
            html`<a href="/admin/tasks/${id}">${title}</a><span class="cell__note">${detail}</span>
              <span class="cell__note">Last seen ${dateTime(lastSeen)}</span>`,
        },
        {
          label: 'State',
          cell: ({ state, severity }) => html`${stateBadge(state)} ${severityBadge(severity)}`,
        },
      ],
    })}
    ${pageLinks('/admin/tasks', { cursor, nextCursor: tasks.nextCursor }, { state, severity })}
    <section class="panel"><h2>Last comparison with Stripe</h2>${lastRun(run)}</section>`,
  });
}

export function stateBadge(state: Task['state']): Html {
  if (state === 'open') return badge('Open', 'warn');
  return state === 'done' ? badge('Done', 'good') : badge('Dismissed', 'neutral');
}

export function severityBadge(severity: Task['severity']): Html {
  return severity === 'error' ? badge('Error', 'bad') : badge('Warning', 'warn');
}

function lastRun(run: Run | null): Html {
  if (!run)
    return html`<p class="muted">There was none yet. The worker makes one every ten minutes.</p>`;
  return definitionList([
    ['Begun', dateTime(run.startedAt)],
    ['Result', resultOf(run)],
    ['Compared', countsOf(run.compared)],
    ['Put right by itself', countsOf(run.healed)],
  ]);
}

function resultOf({ finishedAt, error, unfinished, findings }: Run): Html {
  if (!finishedAt) return badge('Under way', 'info');
  if (error !== null) return html`${badge('Failed', 'bad')} ${error}`;
  if (unfinished) return badge('To be gone on with', 'info');
  if (!findings) return badge('Nothing found', 'good');
  return badge(`${findings} finding${findings === 1 ? '' : 's'}`, 'bad');
}

function countsOf(counts: Run['compared']): string {
  return (
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${count === 1 ? name.slice(0, -1) : name}`)
      .join(', ') || 'nothing'
  );
}
