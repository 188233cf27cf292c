import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { listOrders } from '../orders/orders.service.ts';
import { IdParams, ListQuery, PAGE_SIZE } from './admin.schemas.ts';
import { customerPage, customersPage } from './admin-customers.views.ts';
import type { AdminDeps } from './admin-page.ts';
import { getCustomer, listCustomers } from './customers.service.ts';

const CustomersQuery = Type.Object(ListQuery);
const CustomerQuery = Type.Object({ cursor: ListQuery.cursor });

/** Who buys here, and what each of them ordered. */
export function customerPages(app: App, { db, chromeOf }: AdminDeps): void {
  app.get(
    '/admin/customers',
    { schema: { querystring: CustomersQuery } },
    async (request, reply) => {
      const { q, cursor } = request.query;
      const customers = await listCustomers(
        db,
        { query: q?.trim() || undefined },
        { limit: PAGE_SIZE, cursor },
      );
      return sendPage(
        reply,
        customersPage(await chromeOf(request, reply), customers, { q, cursor }),
      );
    },
  );
  app.get(
    '/admin/customers/:id',
    { schema: { params: IdParams, querystring: CustomerQuery } },
    async (request, reply) => {
      const { id } = request.params;
      const { cursor } = request.query;
      const customer = await getCustomer(db, id);
      const orders = await listOrders(db, id, {}, { limit: PAGE_SIZE, cursor });
      return sendPage(
        reply,
        customerPage(await chromeOf(request, reply), { customer, orders, cursor }),
      );
    },
  );
}
