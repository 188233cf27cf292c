import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { accountNames } from '../ledger/ledger.model.ts';
import { ListQuery } from './admin.schemas.ts';
import { ledgerController } from './admin-ledger.controller.ts';
import type { AdminDeps } from './admin-page.ts';

const LedgerQuery = Type.Object({
  ...ListQuery,
  account: Type.Optional(Type.Enum(['', ...accountNames])),
});
const Day = Type.String({ format: 'date' });
const ExportQuery = Type.Object({ from: Day, to: Day });

/** Where the money is, every movement that brought it there, and both as a file. */
export function ledgerPages(app: App, deps: AdminDeps): void {
  const controller = ledgerController(deps);
  app.get(
    '/admin/ledger',
    { config: { access: 'audit:read' }, schema: { querystring: LedgerQuery } },
    (request, reply) => controller.show(request, reply, request.query),
  );
  app.get(
    '/admin/ledger.csv',
    { config: { access: 'audit:read' }, schema: { querystring: ExportQuery } },
    (request, reply) => {
      controller.export(reply, request.query);
    },
  );
}
