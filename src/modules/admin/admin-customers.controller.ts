import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { sendFile } from '../../http/files.ts';
import { refusal } from '../../http/form-errors.ts';
import { isAllowed, principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import { isErased } from '../../shared/erased.ts';
import { endSessionsOfCustomer } from '../identity/own-sessions.service.ts';
import { listOrders } from '../orders/orders.service.ts';
import { eraseCustomer } from '../privacy/erase.service.ts';
import { exportCustomer } from '../privacy/export.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import { customerPage, customersPage } from './admin-customers.views.ts';
import type { AdminDeps } from './admin-page.ts';
import { getCustomer, listCustomers } from './customers.service.ts';

export function customerController({ db, reads, logger, browser, chromeOf }: AdminDeps) {
  return {
    async list(request: Request, reply: Reply, { q, cursor }: { q?: string; cursor?: string }) {
      const filter = { query: q?.trim() || undefined };
      const customers = await reads.at(request.since, (from) =>
        listCustomers(from, filter, { limit: PAGE_SIZE, cursor }),
      );
      return sendPage(
        reply,
        customersPage(await chromeOf(request, reply), customers, { q, cursor }),
      );
    },

    async show(request: Request, reply: Reply, id: string, cursor: string | undefined) {
      const customer = await getCustomer(db, id);
      // Who may not read orders sees who it is, not what they bought.
      const orders = isAllowed(request, 'orders:read')
        ? await listOrders(db, id, {}, { limit: PAGE_SIZE, cursor })
        : null;
      return sendPage(
        reply,
        customerPage(await chromeOf(request, reply), {
          customer,
          orders,
          cursor,
          mayChange:
            customer.role === 'customer' &&
            !isErased(customer.email) &&
            isAllowed(request, 'customers:write'),
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

    async exportData(reply: Reply, id: string) {
      const data = await exportCustomer(db, id);
      return sendFile(reply, { name: 'customer-data', ending: 'json' }, data);
    },

    async erase(request: Request, reply: Reply, id: string) {
      try {
        await eraseCustomer(db, id);
        const text = 'The customer is erased. What orders still say of them goes within minutes.';
        browser.flash(reply, { kind: 'success', text });
      } catch (error) {
        const [problem] = refusal(request, reply, error);
        if (reply.statusCode !== 409) throw error;
        browser.flash(reply, { kind: 'error', text: problem?.message ?? 'Nothing was erased.' });
      }
      return seeOther(reply, `/admin/customers/${id}`);
    },
  };
}
