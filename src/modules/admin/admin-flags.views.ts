import { button, confirmAction } from '../../http/buttons.views.ts';
import { badge, dateTime, emptyState } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import {
  csrfField,
  errorSummary,
  type FieldError,
  field,
  fieldId,
  textarea,
} from '../../http/forms.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import { type Flag, onlyVariantOf, type Segment, servedVariants } from '../flags/flags.model.ts';
import type { ListedFlag } from '../flags/flags.service.ts';
import { percentText } from '../flags/rules-text.model.ts';
import type { FlagFinding } from '../flags/stale.model.ts';
import type { Typed } from './flag-form.model.ts';

export const flagsTrail = { label: 'Flags', href: '/admin/flags' };

/** The form of a segment that was refused, as it was typed. */
interface RefusedSegment {
  readonly typed: Typed;
  readonly errors: readonly FieldError[];
}

/** Every flag, what should be tidied up, and the segments. */
export function flagsPage(
  chrome: Chrome,
  page: {
    flags: readonly ListedFlag[];
    findings: readonly FlagFinding[];
    segments: readonly Segment[];
    refused?: RefusedSegment;
  },
): Html {
  const writes = may(chrome, 'settings:write');
  const { refused } = page;
  // A form for a segment that is not there any more makes it anew.
  const changed = page.segments.find(
    ({ key }) => key === refused?.typed.key && refused.typed.version !== '0',
  );
  return adminPage({
    title: 'Flags',
    section: 'flags',
    chrome,
    content: html`${errorSummary(refused && errorsAt(refused, changed), 'Nothing was saved')}
    ${flagTable(page.flags)}
    <section class="panel"><h2>To tidy up</h2>${findingsTable(page.findings)}</section>
    <section class="panel"><h2>Segments</h2>
      <p class="muted">Customers that rules can name together: <code>segment is testers gets …</code>.</p>
      ${page.segments.map((segment) => segmentEntry(chrome, segment, writes, segment === changed ? refused : undefined))}
      ${page.segments.length === 0 && !writes && emptyState({ title: 'No segments yet' })}
      ${writes && newSegment(chrome, changed ? undefined : refused)}
    </section>`,
  });
}

function flagTable(flags: readonly ListedFlag[]): Html {
  return dataTable({
    caption: 'Feature flags',
    captionHidden: true,
    rows: flags,
    columns: [
      {
        label: 'Flag',
        rowHeader: true,
        cell: ({ flag: { key } }) => html`<a href="/admin/flags/${key}">${key}</a>`,
      },
      { label: 'State', cell: flagState },
      { label: 'Served', cell: servedWords },
      { label: 'Experiment', cell: experimentCell },
      { label: 'Owner', cell: ({ declaration }) => declaration?.owner ?? '—' },
      {
        label: 'Changed',
        cell: ({ flag: { changedAt } }) => (changedAt ? dateTime(changedAt) : 'Never'),
      },
    ],
  });
}

/** On, off, or unknown to the code. */
export function flagState({ flag, declaration }: ListedFlag): Html {
  if (declaration === null) return badge('Not in the code', 'warn');
  return flag.enabled ? badge('On', 'good') : badge('Off', 'bad');
}

/** Who gets what, in words. */
export function servedWords({ flag, declaration }: ListedFlag): string {
  if (declaration === null) return '—';
  const only = onlyVariantOf(flag, declaration);
  if (only !== null) return `${only} for all`;
  const rules = flag.rules.length > 0 ? `, ${countOf(flag.rules.length, 'rule')}` : '';
  return `${partsOf(flag)} for ${percentText(flag.rollout)}\u00a0%${rules}`;
}

function partsOf({ weights }: Flag): string {
  const served = servedVariants(weights);
  return served.length === 1
    ? String(served[0])
    : served.map((name) => `${name} ${weights[name]}`).join(' : ');
}

function experimentCell({ flag: { key, experimentId }, declaration }: ListedFlag) {
  if (declaration?.scope !== 'visitor') return '—';
  const words = experimentId === null ? 'Results' : 'Runs';
  return html`<a href="/admin/flags/${key}/results">${words}<span class="visually-hidden"> of ${key}</span></a>`;
}

export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function findingsTable(findings: readonly FlagFinding[]): Html {
  return dataTable({
    caption: 'Flags to tidy up',
    captionHidden: true,
    rows: findings,
    empty: html`<p class="muted">Nothing: every flag is set, in use and still undecided.</p>`,
    columns: [
      { label: 'Flag', rowHeader: true, cell: ({ key }) => key },
      { label: 'Why', cell: ({ text }) => text },
    ],
  });
}

/** Errors at the fields of the form that they are about: each segment has one of its own. */
function errorsAt({ errors }: RefusedSegment, changed: Segment | undefined) {
  return errors.map(({ path, message }) => ({
    path: changed && path === 'members' ? `members-${changed.key}` : path,
    message,
  }));
}

function segmentEntry(
  chrome: Chrome,
  segment: Segment,
  writes: boolean,
  refused: RefusedSegment | undefined,
): Html {
  const { key, customerIds, emailDomains } = segment;
  const members = [...emailDomains, ...customerIds];
  const shown = refused?.typed.members ?? members.join('\n');
  const version = refused?.typed.version ?? segment.version;
  const hidden = html`<input type="hidden" name="key" value="${key}"><input type="hidden" name="version" value="${version}">`;
  return html`<details${attributes({ open: refused !== undefined })}>
    <summary><strong>${key}</strong>: ${countOf(customerIds.length, 'customer')}, ${countOf(emailDomains.length, 'domain')}</summary>
    ${
      writes
        ? html`<form class="form" method="post" action="/admin/flags/segments" data-submit-once>
        ${csrfField(chrome.csrfToken)}${hidden}
        ${textarea({ name: 'members', id: fieldId(`members-${key}`), label: 'Members', hint: MEMBERS, value: shown, errors: refused?.errors, rows: 4 })}
        <div class="actions">${button('Save', { kind: 'secondary' })}</div>
      </form>
      ${confirmAction({
        label: 'Delete',
        question: `Delete the segment ${key}?`,
        detail: 'Rules that name it then fit nobody by it.',
        confirmLabel: 'Delete it',
        action: '/admin/flags/segments/delete',
        csrfToken: chrome.csrfToken,
        fields: hidden,
      })}`
        : html`<p class="breakable">${members.join(', ')}</p>`
    }
  </details>`;
}

const MEMBERS =
  'Ids of customers, and domains of e-mail addresses such as example.com; one a line.';

function newSegment(chrome: Chrome, { typed, errors }: Partial<RefusedSegment> = {}): Html {
  return html`<form class="form" method="post" action="/admin/flags/segments" data-submit-once>
    ${csrfField(chrome.csrfToken)}<input type="hidden" name="version" value="0">
    ${field({ name: 'key', label: 'New segment', hint: 'Small letters, digits and hyphens.', value: typed?.key, errors, required: true, maxlength: 60, width: 'medium' })}
    ${textarea({ name: 'members', label: 'Members', hint: MEMBERS, value: typed?.members, errors, rows: 3 })}
    <div class="actions">${button('Make the segment', { kind: 'secondary' })}</div>
  </form>`;
}
