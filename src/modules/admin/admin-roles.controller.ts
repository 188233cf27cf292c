import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import type { Permission } from '../../shared/permissions.ts';
import { changeRole, createRole, getRole, listRoles, removeRole } from '../staff/roles.service.ts';
import { standingOf } from '../staff/standing.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { newRolePage, rolePage, rolesPage } from './admin-roles.views.ts';
import { limitsOf, limitsText, type TypedRole } from './role-form.model.ts';

interface RoleForm {
  readonly seen?: string;
  readonly name: string;
  readonly permissions?: Permission | Permission[];
  readonly unlimited?: 'on';
  /** `200 USD, 150 EUR`. */
  readonly limits: string;
}

/** Requests about roles; a form that is refused is shown again as it was filled in. */
export function roleController({ db, browser, chromeOf }: AdminDeps) {
  async function page(
    request: Request,
    reply: Reply,
    id: string,
    state: { typed?: TypedRole; errors?: FieldError[] } = {},
  ) {
    const [role, standing] = await Promise.all([
      getRole(db, id),
      standingOf(db, principalOf(request).userId),
    ]);
    const { permissions, refundLimits, name, updatedAt } = role;
    const typed = state.typed ?? {
      seen: updatedAt,
      name,
      permissions,
      unlimited: refundLimits === null,
      limits: limitsText(refundLimits),
    };
    return rolePage(await chromeOf(request, reply), role, standing, { ...state, typed });
  }

  return {
    async list(request: Request, reply: Reply, cursor: string | undefined) {
      const roles = await listRoles(db, { limit: PAGE_SIZE, cursor });
      return sendPage(reply, rolesPage(await chromeOf(request, reply), roles, cursor));
    },

    async showNew(request: Request, reply: Reply) {
      const typed = { seen: '', name: '', permissions: [], unlimited: false, limits: '' };
      return sendPage(reply, newRolePage(await chromeOf(request, reply), { typed }));
    },

    create: (request: Request, reply: Reply, form: RoleForm) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          const role = await createRole(db, principalOf(request).userId, inputOf(form));
          browser.flash(reply, { kind: 'success', text: 'The role is made.' });
          return seeOther(reply, `/admin/roles/${role.id}`);
        },
        again: async (errors) =>
          newRolePage(await chromeOf(request, reply), { typed: typedOf(form), errors }),
      }),

    async show(request: Request, reply: Reply, id: string) {
      return sendPage(reply, await page(request, reply, id));
    },

    change: (request: Request, reply: Reply, id: string, form: RoleForm) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          const { seen = '' } = form;
          await changeRole(db, principalOf(request).userId, { id, seen, ...inputOf(form) });
          browser.flash(reply, { kind: 'success', text: 'Saved; it holds from now on.' });
          return seeOther(reply, `/admin/roles/${id}`);
        },
        again: (errors) => page(request, reply, id, { typed: typedOf(form), errors }),
      }),

    remove: (request: Request, reply: Reply, id: string) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          await removeRole(db, principalOf(request).userId, id);
          browser.flash(reply, { kind: 'success', text: 'The role is deleted.' });
          return seeOther(reply, '/admin/roles');
        },
        again: (errors) => page(request, reply, id, { errors }),
      }),
  };
}

function typedOf(form: RoleForm): TypedRole {
  const { seen = '', name, permissions = [], unlimited, limits } = form;
  return { seen, name, permissions: [permissions].flat(), unlimited: unlimited === 'on', limits };
}

function inputOf(form: RoleForm) {
  const { name, permissions, unlimited, limits } = typedOf(form);
  return { name, permissions, refundLimits: unlimited ? null : limitsOf(limits) };
}
