import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { isAllowed } from '../../http/principal.ts';
import type { AdminDeps } from './admin-page.ts';
import { readDashboard } from './dashboard.service.ts';
import { dashboardPage, welcomePage } from './dashboard.views.ts';

export function dashboardController({ reads, chromeOf }: AdminDeps) {
  return {
    async show(request: Request, reply: Reply) {
      const chrome = await chromeOf(request, reply);
      if (!isAllowed(request, 'orders:read')) return sendPage(reply, welcomePage(chrome));
      return sendPage(reply, dashboardPage(chrome, await reads.at(request.since, readDashboard)));
    },
  };
}
