import type { App } from '../../http/app-type.ts';
import { adminPageOnly } from '../../http/browser.ts';
import { customerPages } from './admin-customers.pages.ts';
import { endpointPages } from './admin-endpoints.pages.ts';
import { eventPages } from './admin-events.pages.ts';
import { importPages } from './admin-import.pages.ts';
import { ledgerPages } from './admin-ledger.pages.ts';
import { orderPages } from './admin-orders.pages.ts';
import type { AdminDeps } from './admin-page.ts';
import { productPages } from './admin-products.pages.ts';
import { stockPages } from './admin-stock.pages.ts';
import { taskPages } from './admin-tasks.pages.ts';
import { webhookPages } from './admin-webhooks.pages.ts';
import { dashboardPages } from './dashboard.pages.ts';
import { operationsPages } from './operations.pages.ts';
import { storyPages } from './story.pages.ts';

/** The admin console: every page of it in one scope with one guard, so that none can be left open. */
export function adminPages(app: App, deps: AdminDeps): void {
  app.register(async (console: App) => {
    console.addHook('onRequest', adminPageOnly);
    dashboardPages(console, deps);
    productPages(console, deps);
    stockPages(console, deps);
    orderPages(console, deps);
    ledgerPages(console, deps);
    customerPages(console, deps);
    importPages(console, deps);
    taskPages(console, deps);
    webhookPages(console, deps);
    eventPages(console, deps);
    endpointPages(console, deps);
    storyPages(console, deps);
    operationsPages(console, deps);
  });
}
