import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import type { AdminDeps } from './admin-page.ts';
import { readDashboard } from './dashboard.service.ts';
import { dashboardPage } from './dashboard.views.ts';

export function dashboardController({ db, chromeOf }: AdminDeps) {
  return {
    async show(request: Request, reply: Reply) {
      return sendPage(
        reply,
        dashboardPage(await chromeOf(request, reply), await readDashboard(db)),
      );
    },
  };
}
