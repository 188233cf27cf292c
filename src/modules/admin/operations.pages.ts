import type { App } from '../../http/app-type.ts';
import type { AdminDeps } from './admin-page.ts';
import { operationsController } from './operations.controller.ts';

/** How the shop does, part by part, for whoever is on call. */
export function operationsPages(app: App, deps: AdminDeps): void {
  const controller = operationsController(deps);
  app.get('/admin/operations', { config: { access: 'settings:read' } }, (request, reply) =>
    controller.show(request, reply),
  );
  app.post('/admin/operations/audit', { config: { access: 'audit:read' } }, (request, reply) =>
    controller.audit(request, reply),
  );
}
