import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import type { Permission } from '../../shared/permissions.ts';
import { createKey, listKeys, removeKey } from '../staff/api-keys.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import { keysPage, newKeyPage, shownKeyPage, type TypedKey } from './admin-keys.views.ts';
import type { AdminDeps } from './admin-page.ts';

interface KeyForm {
  readonly name: string;
  readonly scopes?: Permission | Permission[];
  readonly days: TypedKey['days'];
}

/** Requests about API keys. A key is shown in the answer to the form that made it, and nowhere again. */
export function keyController({ db, browser, chromeOf }: AdminDeps) {
  return {
    async list(request: Request, reply: Reply, cursor: string | undefined) {
      const keys = await listKeys(db, { limit: PAGE_SIZE, cursor });
      return sendPage(reply, keysPage(await chromeOf(request, reply), keys, cursor));
    },

    async showNew(request: Request, reply: Reply) {
      const typed: TypedKey = { name: '', scopes: [], days: '90' };
      return sendPage(reply, newKeyPage(await chromeOf(request, reply), typed));
    },

    create(request: Request, reply: Reply, { name, scopes = [], days }: KeyForm) {
      const typed: TypedKey = { name, scopes: [scopes].flat(), days };
      return workOrShowAgain(request, reply, {
        work: async () => {
          const expiresAt = new Date(Date.now() + Number(days) * 86_400_000);
          const { userId } = principalOf(request);
          const key = await createKey(db, userId, { name, scopes: typed.scopes, expiresAt });
          return sendPage(reply, shownKeyPage(await chromeOf(request, reply), key), 201);
        },
        again: async (errors) => newKeyPage(await chromeOf(request, reply), typed, errors),
      });
    },

    async revoke(request: Request, reply: Reply, id: string) {
      await removeKey(db, principalOf(request).userId, id);
      browser.flash(reply, { kind: 'success', text: 'The key is revoked: it works no more.' });
      return seeOther(reply, '/admin/keys');
    },
  };
}
