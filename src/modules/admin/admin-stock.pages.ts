import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { CursorQuery, IdParams, ListQuery } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { stockController } from './admin-stock.controller.ts';

const StockQuery = Type.Object({ ...ListQuery, low: Type.Optional(Type.Enum(['', 'on'])) });
const AdjustForm = Type.Object({
  delta: Type.String({ maxLength: 40, pattern: '^\\s*[+\\-−]?\\d{1,9}\\s*$' }),
  reason: Type.String({ pattern: '\\S', maxLength: 200 }),
});

/** Stock of every variant, and of each one its ledger and the form that adjusts it. */
export function stockPages(app: App, deps: AdminDeps): void {
  const controller = stockController(deps);
  app.get(
    '/admin/stock',
    { config: { access: 'stock:read' }, schema: { querystring: StockQuery } },
    (request, reply) => controller.list(request, reply, request.query),
  );
  app.get(
    '/admin/stock/:id',
    { config: { access: 'stock:read' }, schema: { params: IdParams, querystring: CursorQuery } },
    (request, reply) => controller.show(request, reply, request.params.id, request.query.cursor),
  );
  app.post(
    '/admin/stock/:id',
    {
      config: { access: 'stock:write' },
      attachValidation: true,
      schema: { params: IdParams, body: AdjustForm },
    },
    (request, reply) => controller.adjust(request, reply, request.params.id, request.body),
  );
}
