import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { listOrders } from '../orders/orders.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import { customerPage, customersPage } from './admin-customers.views.ts';
import type { AdminDeps } from './admin-page.ts';
import { getCustomer, listCustomers } from './customers.service.ts';

export function customerController({ db, chromeOf }: AdminDeps) {
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
        customerPage(await chromeOf(request, reply), { customer, orders, cursor }),
      );
    },
  };
}
