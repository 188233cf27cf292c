import type { App } from '../../http/app-type.ts';
import { IdParams } from './admin.schemas.ts';
import { importController } from './admin-import.controller.ts';
import type { AdminDeps } from './admin-page.ts';

/** The catalogue from a file, with a report of what was taken and what was not, and back into one. */
export function importPages(app: App, deps: AdminDeps): void {
  const controller = importController(deps);
  app.get('/admin/import', { config: { access: 'catalog:write' } }, controller.show);
  app.post('/admin/import', { config: { access: 'catalog:write' } }, controller.import);
  app.get(
    '/admin/imports/:id',
    { config: { access: 'catalog:write' }, schema: { params: IdParams } },
    (request, reply) => controller.progress(request, reply, request.params.id),
  );
  app.get('/admin/export.csv', { config: { access: 'catalog:read' } }, (request, reply) => {
    controller.export(request, reply);
  });
}
