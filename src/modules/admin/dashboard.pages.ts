import type { App } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import type { AdminDeps } from './admin-page.ts';
import { readDashboard } from './dashboard.service.ts';
import { dashboardPage } from './dashboard.views.ts';

/** The first page of the console. */
export function dashboardPages(app: App, { db, chromeOf }: AdminDeps): void {
  app.get('/admin', async (request, reply) =>
    sendPage(reply, dashboardPage(await chromeOf(request, reply), await readDashboard(db))),
  );
}
