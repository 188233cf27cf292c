import type { App } from '../../http/app-type.ts';
import type { AdminDeps } from './admin-page.ts';
import { dashboardController } from './dashboard.controller.ts';

/** The first page of the console. */
export function dashboardPages(app: App, deps: AdminDeps): void {
  app.get('/admin', { config: { access: 'staff' } }, dashboardController(deps).show);
}
