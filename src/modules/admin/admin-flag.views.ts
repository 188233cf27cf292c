import { button, confirmAction, linkButton } from '../../http/buttons.views.ts';
import { breadcrumbs, dateTime, definitionList } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import {
  checkbox,
  csrfField,
  errorSummary,
  type FieldError,
  field,
  select,
  textarea,
} from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import type { FlagDeclaration } from '../flags/declared.model.ts';
import type { Flag } from '../flags/flags.model.ts';
import type { ListedFlag } from '../flags/flags.service.ts';
import { rulesText } from '../flags/rules-text.model.ts';
import { flagState, flagsTrail, servedWords } from './admin-flags.views.ts';
import type { Typed } from './flag-form.model.ts';

interface FlagState {
  readonly typed: Typed;
  readonly errors?: readonly FieldError[];
}

/** One flag: what it is, its switch, and its form for those who may change it. */
export function flagPage(chrome: Chrome, listed: ListedFlag, state: FlagState): Html {
  const { flag, declaration } = listed;
  const writes = may(chrome, 'settings:write');
  return adminPage({
    title: flag.key,
    section: 'flags',
    chrome,
    actions: html`${
      declaration?.scope === 'visitor' &&
      linkButton('Results', `/admin/flags/${flag.key}/results`, { kind: 'secondary' })
    }${writes && acts(chrome, listed)}`,
    content: html`${breadcrumbs([flagsTrail], flag.key)}
    ${errorSummary(state.errors, 'Nothing was changed')}
    <section class="panel"><h2>What it is</h2>${facts(listed)}</section>
    ${writes && declaration && form(chrome, flag, declaration, state)}`,
  });
}

function facts(listed: ListedFlag): Html {
  const { flag, declaration } = listed;
  return definitionList([
    ['State', flagState(listed)],
    ['Served', servedWords(listed)],
    ...(flag.rules.length > 0 ? [['Rules', rules(flag)] as const] : []),
    ...(declaration === null
      ? [
          [
            'What to do',
            'The code no longer asks for it. Once no older version runs, set it back.',
          ] as const,
        ]
      : ([
          ['Decides', declaration.description],
          ['Alike for', declaration.scope === 'shop' ? 'Everybody' : 'Each visitor by themselves'],
          ['While it is off', declaration.off],
          ['Owner', declaration.owner],
        ] as const)),
    ['Changed', flag.changedAt ? dateTime(flag.changedAt) : 'Never: it is as the code declares it'],
  ]);
}

function rules({ rules: all }: Flag): Html {
  return html`${all.map((rule) => html`<div><code>${rulesText([rule])}</code></div>`)}`;
}

function acts(chrome: Chrome, { flag, declaration }: ListedFlag): Html {
  const path = `/admin/flags/${flag.key}`;
  const common = {
    csrfToken: chrome.csrfToken,
    fields: html`<input type="hidden" name="version" value="${flag.version}"><input type="hidden" name="enabled" value="${flag.enabled ? 'off' : 'on'}">`,
  };
  const word = flag.enabled ? 'off' : 'on';
  return html`${
    declaration &&
    confirmAction({
      ...common,
      label: `Switch ${word}`,
      question: `Switch ${flag.key} ${word}?`,
      detail: flag.enabled
        ? `Everybody gets ${declaration.off} at once, in every process. An experiment that runs ends.`
        : 'It is served as it is set below, at once.',
      confirmLabel: `Switch it ${word}`,
      action: `${path}/switch`,
      kind: flag.enabled ? 'danger' : 'primary',
    })
  }${
    flag.version > 0 &&
    confirmAction({
      ...common,
      label: 'Set back',
      question: `Set ${flag.key} back to what the code declares?`,
      detail: 'How it was set and what its experiments counted is forgotten.',
      confirmLabel: 'Set it back',
      action: `${path}/reset`,
    })
  }`;
}

function form(
  chrome: Chrome,
  { key, experimentId }: Flag,
  declaration: FlagDeclaration,
  { typed, errors }: FlagState,
): Html {
  return html`<form class="panel form" method="post" action="/admin/flags/${key}" data-submit-once>
    <h2>How it is set</h2>
    ${csrfField(chrome.csrfToken)}
    <input type="hidden" name="version" value="${typed.version}">
    <input type="hidden" name="enabled" value="${typed.enabled}">
    ${declaration.scope === 'shop' ? forEverybody(declaration, typed) : forVisitors(declaration, typed, errors)}
    ${experimentId !== null && html`<p class="muted">While its experiment runs the parts stay as they are; the roll-out may grow.</p>`}
    <div class="actions">${button('Save')}${linkButton('Back', '/admin/flags', { kind: 'quiet' })}</div>
  </form>`;
}

function forEverybody({ variants }: FlagDeclaration, typed: Typed): Html {
  const options = Object.keys(variants).map((name) => ({ value: name, label: name }));
  return select({ name: 'variant', label: 'Everybody gets', options, value: typed.variant });
}

function forVisitors(
  { variants, off }: FlagDeclaration,
  typed: Typed,
  errors: readonly FieldError[] | undefined,
): Html {
  return html`${textarea({
    name: 'rules',
    label: 'Rules',
    hint: html`One a line; the first that fits counts. For example <code>role is staff, admin gets maker</code> or <code>email-domain is example.com and country is not DE gets category for 50%</code>. They may ask for signed-in (yes, no), role, customer, email-domain, country and segment.`,
    value: typed.rules,
    errors,
    rows: 3,
  })}
  ${field({ name: 'rollout', label: 'Rolled out to, in percent of all others', hint: `The rest gets ${off}. Who is in stays in when it grows.`, value: typed.rollout, errors, inputmode: 'decimal', required: true, width: 'short' })}
  <fieldset><legend class="field__label">Parts of the variants among them</legend>
    <div class="toolbar">${Object.keys(variants).map((name) =>
      field({
        name: `part-${name}`,
        label: name,
        value: typed[`part-${name}`] ?? '0',
        errors,
        inputmode: 'numeric',
        width: 'short',
      }),
    )}</div>
  </fieldset>
  ${checkbox({ name: 'experiment', label: 'Count who saw which variant and what they ordered (an experiment)', checked: typed.experiment === 'on' })}`;
}
