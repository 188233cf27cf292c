import type { App } from '../../http/app-type.ts';
import { customerPages } from './admin-customers.pages.ts';
import { endpointPages } from './admin-endpoints.pages.ts';
import { eventPages } from './admin-events.pages.ts';
import { flagPages } from './admin-flags.pages.ts';
import { importPages } from './admin-import.pages.ts';
import { keyPages } from './admin-keys.pages.ts';
import { ledgerPages } from './admin-ledger.pages.ts';
import { orderPages } from './admin-orders.pages.ts';
import type { AdminDeps } from './admin-page.ts';
import { productPages } from './admin-products.pages.ts';
import { rolePages } from './admin-roles.pages.ts';
import { staffPages } from './admin-staff.pages.ts';
import { stockPages } from './admin-stock.pages.ts';
import { taskPages } from './admin-tasks.pages.ts';
import { trailPages } from './admin-trail.pages.ts';
import { webhookPages } from './admin-webhooks.pages.ts';
import { dashboardPages } from './dashboard.pages.ts';
import { operationsPages } from './operations.pages.ts';
import { storyPages } from './story.pages.ts';

/** The admin console. Each page declares the permission that it needs. */
export function adminPages(app: App, deps: AdminDeps): void {
  dashboardPages(app, deps);
  productPages(app, deps);
  stockPages(app, deps);
  orderPages(app, deps);
  ledgerPages(app, deps);
  customerPages(app, deps);
  importPages(app, deps);
  taskPages(app, deps);
  webhookPages(app, deps);
  eventPages(app, deps);
  endpointPages(app, deps);
  staffPages(app, deps);
  rolePages(app, deps);
  keyPages(app, deps);
  storyPages(app, deps);
  operationsPages(app, deps);
  trailPages(app, deps);
  flagPages(app, deps);
}
