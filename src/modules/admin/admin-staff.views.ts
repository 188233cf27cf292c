import { button, confirmAction } from '../../http/buttons.views.ts';
import { badge, dateTime, emptyState } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { csrfField, errorSummary, type FieldError, field, select } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Page } from '../../shared/pages.ts';
import type { Invitation, Member, StaffRole } from '../staff/staff.model.ts';
import { pageLinks } from './admin-list.views.ts';

/** Stands in forms where the id of a role would: an owner has none. */
export const OWNER_PLACE = 'owner';

interface ListState {
  readonly cursor?: string | undefined;
  readonly typed?: { readonly email: string; readonly place: string };
  readonly errors?: readonly FieldError[];
}

/** Who works here, who is invited, and the form that invites. */
export function staffPage(
  chrome: Chrome,
  found: {
    members: Page<Member>;
    invitations: Invitation[];
    /** Those that who looks may give. */
    roles: StaffRole[];
  },
  state: ListState,
): Html {
  const { members, invitations, roles } = found;
  const writes = may(chrome, 'staff:write');
  return adminPage({
    title: 'Staff',
    section: 'staff',
    chrome,
    content: html`${errorSummary(state.errors, 'Nothing was changed')}
    ${memberTable(members)}
    ${pageLinks('/admin/staff', { cursor: state.cursor, nextCursor: members.nextCursor })}
    <section class="panel"><h2>Invitations</h2>${invitationTable(chrome, invitations, roles)}</section>
    ${writes && inviteForm(chrome, roles, state)}`,
  });
}

/** The places that somebody can be given; only an owner makes others owners. */
export function placeField(
  chrome: Chrome,
  roles: readonly StaffRole[],
  options: { value?: string | undefined; errors?: readonly FieldError[] | undefined },
): Html {
  const owner = chrome.user?.role === 'admin' ? [{ value: OWNER_PLACE, label: 'Owner' }] : [];
  return select({
    name: 'place',
    label: 'Role',
    options: [...roles.map(({ id, name }) => ({ value: id, label: name })), ...owner],
    value: options.value,
    errors: options.errors?.map((error) =>
      error.path === 'roleId' ? { ...error, path: 'place' } : error,
    ),
    required: true,
    width: 'medium',
  });
}

/** Whether who looks may give a place to others and take it from them; `roles` are those that they may give. */
export function mayGive(
  chrome: Chrome,
  roles: readonly StaffRole[],
  { role, roleId }: Pick<Member, 'role' | 'roleId'>,
): boolean {
  if (!may(chrome, 'staff:write')) return false;
  return role === 'admin' ? chrome.user?.role === 'admin' : roles.some(({ id }) => id === roleId);
}

/** The role of somebody by its name. */
export function placeName({ role, roleName }: Pick<Member, 'role' | 'roleName'>): string {
  return role === 'admin' ? 'Owner' : (roleName ?? '');
}

/** What somebody signs in with beside their password, or a warning that it is nothing. */
export function secondFactors({ secondFactors: factors }: Member): Html | string {
  return factors.map((factor) => factorNames[factor]).join(', ') || badge('None', 'warn');
}

const factorNames = { passkey: 'Passkey', code: 'Code' };

function memberTable(members: Page<Member>): Html {
  return dataTable({
    caption: 'People who work here',
    captionHidden: true,
    rows: members.data,
    columns: [
      {
        label: 'E-mail',
        rowHeader: true,
        cell: ({ id, email }) => html`<a href="/admin/staff/${id}">${email}</a>`,
      },
      { label: 'Name', cell: ({ name }) => name },
      {
        label: 'Role',
        cell: (member) => (member.role === 'admin' ? badge('Owner', 'info') : placeName(member)),
      },
      { label: 'Second factor', cell: secondFactors },
      {
        label: 'Last seen',
        cell: ({ lastSeenAt }) => (lastSeenAt ? dateTime(lastSeenAt) : 'Never'),
      },
    ],
  });
}

function invitationTable(
  chrome: Chrome,
  invitations: Invitation[],
  roles: readonly StaffRole[],
): Html {
  return dataTable({
    caption: 'Invitations that wait',
    captionHidden: true,
    rows: invitations,
    empty: emptyState({ title: 'Nobody is invited' }),
    columns: [
      { label: 'E-mail', rowHeader: true, cell: ({ email }) => email },
      { label: 'Role', cell: placeName },
      { label: 'Invited by', cell: ({ invitedBy }) => invitedBy },
      {
        label: 'Valid until',
        cell: ({ expiresAt, state }) =>
          state === 'expired' ? badge('Expired', 'warn') : dateTime(expiresAt),
      },
      ...(may(chrome, 'staff:write')
        ? [
            {
              label: 'Actions',
              labelHidden: true,
              cell: (invitation: Invitation) =>
                mayGive(chrome, roles, invitation) && invitationActs(chrome, invitation),
            },
          ]
        : []),
    ],
  });
}

function invitationActs({ csrfToken }: Chrome, { id, email }: Invitation): Html {
  const path = `/admin/staff/invitations/${id}`;
  return html`<div class="actions"><form method="post" action="${path}/resend" data-submit-once>${csrfField(csrfToken)}${button('Send again', { kind: 'secondary', size: 'small' })}</form>${confirmAction(
    {
      label: 'Revoke',
      question: `Take the invitation of ${email} back?`,
      detail: 'The link in the mail stops working.',
      confirmLabel: 'Revoke it',
      action: `${path}/revoke`,
      csrfToken,
      size: 'small',
    },
  )}</div>`;
}

function inviteForm(chrome: Chrome, roles: readonly StaffRole[], state: ListState): Html {
  const { typed, errors } = state;
  return html`<section class="panel"><h2>Invite somebody</h2>
    <form class="form" method="post" action="/admin/staff/invitations" data-submit-once>
      ${csrfField(chrome.csrfToken)}
      ${field({ name: 'email', label: 'E-mail address', type: 'email', value: typed?.email, errors, required: true, maxlength: 254, width: 'medium' })}
      ${placeField(chrome, roles, { value: typed?.place, errors })}
      <div class="actions">${button('Send the invitation')}</div>
      <p class="muted">They get a mail with a link that works once, within seven days. What each role allows is set <a href="/admin/roles">in the list of roles</a>.</p>
    </form></section>`;
}
