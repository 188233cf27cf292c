import type { Reply, Request } from '../../http/app-type.ts';
import { seeOther, sendPage } from '../../http/browser.ts';
import { isAllowed, principalOf } from '../../http/principal.ts';
import { endSessionsOfCustomer } from '../identity/own-sessions.service.ts';
import { listOrders } from '../orders/orders.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import { customerPage, customersPage } from './admin-customers.views.ts';
import type { AdminDeps } from './admin-page.ts';
import { getCustomer, listCustomers } from './customers.service.ts';

export function customerController({ db, logger, browser, chromeOf }: AdminDeps) {
  return {
    async list(request: Request, reply: Reply, { q, cursor }: { q?: string; cursor?: string }) {
      const filter = { query: q?.trim() || undefined };
      const customers = await listCustomers(db, filter, { limit: PAGE_SIZE, cursor });
      return sendPage(
        reply,
        customersPage(await chromeOf(request, reply), customers, { q, cursor }),
      );
    },

    async show(request: Request, reply: Reply, id: string, cursor: string | undefined) {
      const customer = await getCustomer(db, id);
      const orders = await listOrders(db, id, {}, { limit: PAGE_SIZE, cursor });
      return sendPage(
        reply,
        customerPage(await chromeOf(request, reply), {
          customer,
          orders,
          cursor,
          maySignOut: customer.role === 'customer' && isAllowed(request, 'customers:write'),
        }),
      );
    },

    async signOut(request: Request, reply: Reply, id: string) {
      const ended = await endSessionsOfCustomer(db, id);
      logger.info({ userId: id, by: principalOf(request).userId, ended }, 'customer signed out');
      const text = `${ended} ${ended === 1 ? 'session is' : 'sessions are'} signed out.`;
      browser.flash(reply, { kind: 'success', text });
      return seeOther(reply, `/admin/customers/${id}`);
    },
  };
}
