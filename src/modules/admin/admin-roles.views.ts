import { button, confirmAction, linkButton } from '../../http/buttons.views.ts';
import { breadcrumbs, dateTime, emptyState } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import {
  checkbox,
  csrfField,
  errorSummary,
  type FieldError,
  field,
} from '../../http/forms.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import { formatMoney } from '../../shared/money.ts';
import type { Page } from '../../shared/pages.ts';
import { beyond, type StaffRole, type Standing } from '../staff/staff.model.ts';
import { pageLinks } from './admin-list.views.ts';
import { permissionBoxes, permissionWords } from './permission-boxes.views.ts';
import type { TypedRole } from './role-form.model.ts';

const trail = { label: 'Roles', href: '/admin/roles' };

interface RoleState {
  readonly typed: TypedRole;
  readonly errors?: readonly FieldError[];
}

/** Every role, oldest first. */
export function rolesPage(
  chrome: Chrome,
  roles: Page<StaffRole>,
  cursor: string | undefined,
): Html {
  const writes = may(chrome, 'staff:write');
  return adminPage({
    title: 'Roles',
    section: 'roles',
    chrome,
    actions: writes && linkButton('New role', '/admin/roles/new'),
    content: html`${dataTable({
      caption: 'Roles',
      captionHidden: true,
      rows: roles.data,
      empty: emptyState({
        title: 'No roles yet',
        text: 'A role says what somebody who works here may see and do. Owners need none.',
        ...(writes && { action: { label: 'New role', href: '/admin/roles/new' } }),
      }),
      columns: [
        {
          label: 'Name',
          rowHeader: true,
          cell: ({ id, name }) => html`<a href="/admin/roles/${id}">${name}</a>`,
        },
        { label: 'May', cell: ({ permissions }) => permissionWords(permissions) },
        { label: 'Refunds a day', cell: refunds },
        { label: 'People', align: 'end', cell: ({ members }) => members },
        { label: 'Changed', cell: ({ updatedAt }) => dateTime(updatedAt) },
      ],
    })}
    ${pageLinks('/admin/roles', { cursor, nextCursor: roles.nextCursor })}`,
  });
}

/** The form that makes a role. */
export function newRolePage(chrome: Chrome, state: RoleState): Html {
  return adminPage({
    title: 'New role',
    section: 'roles',
    chrome,
    content: html`${breadcrumbs([trail], 'New role')}${roleForm(chrome, '/admin/roles', 'Make the role', state)}`,
  });
}

/** One role: its form for those who may change it, else what it says. */
export function rolePage(
  chrome: Chrome,
  role: StaffRole,
  standing: Standing,
  state: RoleState,
): Html {
  const path = `/admin/roles/${role.id}`;
  const obstacle = obstacleTo(standing, role);
  const writes = may(chrome, 'staff:write') && obstacle === null;
  return adminPage({
    title: role.name,
    section: 'roles',
    chrome,
    actions:
      writes &&
      confirmAction({
        label: 'Delete',
        question: `Delete the role ${role.name}?`,
        detail: 'It can be deleted while nobody has it or is invited into it.',
        confirmLabel: 'Delete it',
        action: `${path}/delete`,
        csrfToken: chrome.csrfToken,
      }),
    content: html`${breadcrumbs([trail], role.name)}${
      writes
        ? roleForm(chrome, path, 'Save', state)
        : html`${errorSummary(state.errors, 'Nothing was changed')}<section class="panel"><h2>What it allows</h2><p>${permissionWords(role.permissions)}</p><p>Refunds a day: ${refunds(role)}</p>
          ${may(chrome, 'staff:write') && html`<p class="muted">${obstacle}</p>`}</section>`
    }`,
  });
}

/** Why somebody may not change a role, in words; null: they may. */
function obstacleTo(standing: Standing, role: StaffRole): string | null {
  if (standing.roleId === role.id) return 'This is your own role: somebody else changes it.';
  if (beyond(standing, role).length === 0) return null;
  return 'It allows more than you may do yourself, so that you cannot change it.';
}

function roleForm(chrome: Chrome, action: string, submit: string, state: RoleState): Html {
  const { typed, errors } = state;
  return html`${errorSummary(errors, 'Nothing was saved yet')}
    <form class="panel form" method="post" action="${action}" data-submit-once>
      ${csrfField(chrome.csrfToken)}
      <input type="hidden"${attributes({ name: 'seen', value: typed.seen })}>
      ${field({ name: 'name', label: 'Name', value: typed.name, errors, required: true, maxlength: 60 })}
      <fieldset id="field-permissions" tabindex="-1">
        <legend class="field__label">What it allows</legend>
        <p class="field__hint">Whoever changes something must see it too. You can only give what you have yourself.</p>
        ${permissionBoxes(chrome, { name: 'permissions', ticked: typed.permissions })}
      </fieldset>
      ${field({
        name: 'limits',
        label: 'Refunds within 24 hours, for each person',
        hint: 'Such as 200.00 USD, 150.00 EUR. In a currency that is not named, nothing can be refunded.',
        value: typed.limits,
        errors: errors?.map((error) =>
          error.path.startsWith('refundLimits') ? { ...error, path: 'limits' } : error,
        ),
        maxlength: 1000,
      })}
      ${checkbox({ name: 'unlimited', label: 'Refunds without a limit', checked: typed.unlimited })}
      <div class="actions">${button(submit)}${linkButton('Back', '/admin/roles', { kind: 'quiet' })}</div>
    </form>`;
}

function refunds({ permissions, refundLimits }: StaffRole): string {
  if (!permissions.includes('refunds:write')) return '—';
  if (refundLimits === null) return 'No limit';
  return refundLimits.length === 0
    ? 'None'
    : refundLimits.map((limit) => formatMoney(limit)).join(', ');
}
