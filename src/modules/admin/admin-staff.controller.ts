import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { typed, workOrShowAgain } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import { isId } from '../../shared/ids.ts';
import { MAX_LIMIT } from '../../shared/pages.ts';
import {
  invite,
  inviteAgain,
  listInvitations,
  revokeInvitation,
} from '../staff/invitations.service.ts';
import { changeMember, getMember, listMembers, removeMember } from '../staff/members.service.ts';
import { listRoles } from '../staff/roles.service.ts';
import { beyond, type Place, placeOf, type StaffRole } from '../staff/staff.model.ts';
import { standingOf } from '../staff/standing.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import { memberPage } from './admin-member.views.ts';
import type { AdminDeps } from './admin-page.ts';
import { OWNER_PLACE, staffPage } from './admin-staff.views.ts';

interface InviteForm {
  readonly email: string;
  readonly place: string;
}

const messages = {
  email: 'Type an e-mail address such as grace@example.org.',
  place: 'Choose a role.',
};

/** Requests about who works here; a refusal is shown on the page that asked. */
export function staffPageController({ db, browser, chromeOf }: AdminDeps) {
  async function list(
    request: Request,
    reply: Reply,
    state: { cursor?: string | undefined; typed?: InviteForm; errors?: FieldError[] },
  ) {
    const [members, invitations, roles] = await Promise.all([
      listMembers(db, { limit: PAGE_SIZE, cursor: state.cursor }),
      listInvitations(db, { limit: MAX_LIMIT }),
      givableRoles(request),
    ]);
    const found = { members, invitations: invitations.data, roles };
    return staffPage(await chromeOf(request, reply), found, state);
  }

  async function one(request: Request, reply: Reply, id: string, errors: FieldError[] = []) {
    const [member, roles] = await Promise.all([getMember(db, id), givableRoles(request)]);
    const self = principalOf(request).userId === id;
    return memberPage(await chromeOf(request, reply), { member, self, roles, errors });
  }

  /** The roles within the rights of who looks: what they may give to others, and take from them. */
  async function givableRoles(request: Request): Promise<StaffRole[]> {
    const [standing, { data }] = await Promise.all([
      standingOf(db, principalOf(request).userId),
      listRoles(db, { limit: MAX_LIMIT }),
    ]);
    return data.filter((role) => beyond(standing, role).length === 0);
  }

  /** Does one thing and goes on to a page that says so, or shows what stands against it. */
  const act = (
    request: Request,
    reply: Reply,
    next: { to: string; text: string; again: (errors: FieldError[]) => ReturnType<typeof one> },
    work: (actorId: string) => Promise<unknown>,
  ) =>
    workOrShowAgain(request, reply, {
      messages,
      work: async () => {
        await work(principalOf(request).userId);
        browser.flash(reply, { kind: 'success', text: next.text });
        return seeOther(reply, next.to);
      },
      again: next.again,
    });

  const onList = (request: Request, reply: Reply, text: string, typed?: InviteForm) => ({
    to: '/admin/staff',
    text,
    again: (errors: FieldError[]) => list(request, reply, { errors, ...(typed && { typed }) }),
  });

  return {
    async list(request: Request, reply: Reply, cursor: string | undefined) {
      return sendPage(reply, await list(request, reply, { cursor }));
    },

    async show(request: Request, reply: Reply, id: string) {
      return sendPage(reply, await one(request, reply, id));
    },

    invite: (request: Request, reply: Reply, form: InviteForm) =>
      act(
        request,
        reply,
        onList(request, reply, `An invitation goes to ${form.email}.`, {
          email: typed(request.body, 'email'),
          place: typed(request.body, 'place'),
        }),
        (actorId) => invite(db, actorId, { email: form.email, place: chosen(form.place) }),
      ),

    inviteAgain: (request: Request, reply: Reply, id: string) =>
      act(request, reply, onList(request, reply, 'The invitation is sent again.'), (actorId) =>
        inviteAgain(db, actorId, id),
      ),

    revoke: (request: Request, reply: Reply, id: string) =>
      act(request, reply, onList(request, reply, 'The invitation is revoked.'), (actorId) =>
        revokeInvitation(db, actorId, id),
      ),

    change: (request: Request, reply: Reply, id: string, place: string) =>
      act(
        request,
        reply,
        {
          to: `/admin/staff/${id}`,
          text: 'Saved; it holds from now on.',
          again: (errors) => one(request, reply, id, errors),
        },
        (actorId) => changeMember(db, actorId, id, chosen(place)),
      ),

    remove: (request: Request, reply: Reply, id: string) =>
      act(
        request,
        reply,
        {
          to: '/admin/staff',
          text: 'They do not work here any more.',
          again: (errors) => one(request, reply, id, errors),
        },
        (actorId) => removeMember(db, actorId, id),
      ),
  };
}

function chosen(place: string): Place {
  if (place === OWNER_PLACE) return placeOf('admin', null);
  return placeOf('staff', isId(place) ? place : null);
}
