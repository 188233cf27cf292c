import { button } from '../../http/buttons.views.ts';
import { breadcrumbs, dateTime, definitionList } from '../../http/components.views.ts';
import { linkTo, may } from '../../http/console.views.ts';
import {
  csrfField,
  errorSummary,
  type FieldError,
  select,
  textarea,
} from '../../http/forms.views.ts';
import { attributes, type Html, type HtmlValue, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { MAX_NOTE_LENGTH, type Task } from '../tasks/tasks.model.ts';
import type { CloseForm } from './admin-tasks.pages.ts';
import { severityBadge, stateBadge } from './admin-tasks.views.ts';
import { runbookLink } from './runbook.views.ts';

/** One task: what was found, where to look, and its end with a note. */
export function taskPage(
  chrome: Chrome,
  task: Task,
  form: { typed?: CloseForm; errors?: readonly FieldError[] },
): Html {
  return adminPage({
    title: task.title,
    section: 'tasks',
    chrome,
    content: html`${breadcrumbs([{ label: 'Tasks', href: '/admin/tasks' }], task.subject)}
    ${errorSummary(form.errors, 'The task was not closed')}
    <div class="admin-columns">
      <div>
        <section class="panel"><h2>What was found</h2><p>${task.detail}</p>
          ${definitionList([
            ['About', subjectOf(chrome, task)],
            ...(task.orderId
              ? [
                  [
                    'Order',
                    html`<a href="/admin/orders/${task.orderId}">Open the order</a>`,
                  ] as const,
                ]
              : []),
            ['Runbook', runbookLink(`reconciliation-findings.md#${task.kind}`)],
          ])}</section>
        ${task.state === 'open' && may(chrome, 'orders:write') && closing(chrome, task, form)}
      </div>
      <div><section class="panel"><h2>State</h2>${definitionList([
        ['State', stateBadge(task.state)],
        ['Severity', severityBadge(task.severity)],
        ['First seen', dateTime(task.firstSeen)],
        ['Last seen', dateTime(task.lastSeen)],
        ...(task.closedAt ? [['Closed', dateTime(task.closedAt)] as const] : []),
        ...(task.state !== 'open' ? [['Closed by', closer(task)] as const] : []),
        ...(task.note ? [['Note', task.note] as const] : []),
      ])}</section></div>
    </div>`,
  });
}

function closing(
  chrome: Chrome,
  { id }: Task,
  { typed, errors }: { typed?: CloseForm; errors?: readonly FieldError[] },
): Html {
  return html`<section class="panel"><h2>Close this task</h2>
    <p class="muted">A task closes itself once what it is about is put right and looked at again.</p>
    <form method="post" class="form" data-submit-once${attributes({ action: `/admin/tasks/${id}/close` })}>
      ${csrfField(chrome.csrfToken)}
      ${select({
        name: 'state',
        label: 'As',
        value: typed?.state ?? 'done',
        options: [
          { value: 'done', label: 'Done: it is put right, and news if it is found again' },
          { value: 'dismissed', label: 'Dismissed: it is known, and right as it is' },
        ],
      })}
      ${textarea({ name: 'note', label: 'Note', rows: 3, required: true, maxlength: MAX_NOTE_LENGTH, value: typed?.note, errors })}
      <div class="actions">${button('Close the task')}</div>
    </form></section>`;
}

function closer({ closedBy }: Task): Html | string {
  return closedBy ? html`<code>${closedBy}</code>` : 'Itself';
}

/** What the task is about, as a link where the console has a page of it. */
function subjectOf(chrome: Chrome, { subject }: Task): HtmlValue {
  const text = html`<code>${subject}</code>`;
  if (subject.startsWith('evt_'))
    return linkTo(chrome, `/admin/webhooks/${encodeURIComponent(subject)}`, text);
  const [, kind, id] = /\b(order|variant) ([\da-f-]{36})$/.exec(subject) ?? [];
  const page = kind === 'order' ? 'orders' : 'stock';
  return id ? linkTo(chrome, `/admin/${page}/${id}`, text) : text;
}
