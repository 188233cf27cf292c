import { button, confirmAction } from '../../http/buttons.views.ts';
import { breadcrumbs, dateTime, definitionList } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import { csrfField, errorSummary, type FieldError } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import type { Member, StaffRole } from '../staff/staff.model.ts';
import { mayGive, OWNER_PLACE, placeField, placeName, secondFactors } from './admin-staff.views.ts';

/** One of those who work here, and the place that they have. */
export function memberPage(
  chrome: Chrome,
  found: {
    member: Member;
    /** Whether this is who looks at it. */
    self: boolean;
    /** Those that who looks may give. */
    roles: readonly StaffRole[];
    errors: readonly FieldError[];
  },
): Html {
  const { member, self, roles, errors } = found;
  const { id, email, name, lastSeenAt } = member;
  const path = `/admin/staff/${id}`;
  const { csrfToken } = chrome;
  const writes = !self && mayGive(chrome, roles, member);
  return adminPage({
    title: name,
    section: 'staff',
    chrome,
    actions:
      writes &&
      confirmAction({
        label: 'Remove',
        question: `Remove ${email} from the staff?`,
        detail:
          'They become a customer, are signed out everywhere, and API keys that they made lose their rights.',
        confirmLabel: 'Remove them',
        action: `${path}/remove`,
        csrfToken,
      }),
    content: html`${breadcrumbs([{ label: 'Staff', href: '/admin/staff' }], email)}
    ${errorSummary(errors, 'Nothing was changed')}
    <section class="panel"><h2>Account</h2>${definitionList([
      ['E-mail', email],
      ['Role', placeName(member)],
      ['Second factor', secondFactors(member)],
      ['Last seen', lastSeenAt ? dateTime(lastSeenAt) : 'Never'],
    ])}${may(chrome, 'staff:write') && !writes && html`<p class="muted">${self ? 'This is you: somebody else changes your role.' : 'They may do more than you, so that you cannot change their role.'}</p>`}</section>
    ${
      writes &&
      html`<section class="panel"><h2>Change the role</h2>
      <form class="form" method="post" action="${path}" data-submit-once>
        ${csrfField(csrfToken)}
        ${placeField(chrome, roles, { value: member.roleId ?? OWNER_PLACE, errors })}
        <div class="actions">${button('Save')}</div>
      </form></section>`
    }`,
  });
}
