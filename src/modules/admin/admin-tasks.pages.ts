import { type Static, Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { IdParams, ListQuery } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { taskController } from './admin-tasks.controller.ts';

const TasksQuery = Type.Object({
  cursor: ListQuery.cursor,
  state: Type.Optional(Type.Enum(['', 'open', 'done', 'dismissed'])),
  severity: Type.Optional(Type.Enum(['', 'error', 'warning'])),
});
export type TasksQuery = Static<typeof TasksQuery>;

/** How long a note may be is said beside it; what is far beyond that is no note. */
const CloseForm = Type.Object({
  state: Type.Enum(['done', 'dismissed']),
  note: Type.String({ maxLength: 50_000 }),
});
export type CloseForm = Static<typeof CloseForm>;

/** What the shop found and only a person can decide, and the button that has it look again. */
export function taskPages(app: App, deps: AdminDeps): void {
  const controller = taskController(deps);
  app.get(
    '/admin/tasks',
    { config: { access: 'orders:read' }, schema: { querystring: TasksQuery } },
    (request, reply) => controller.list(request, reply, request.query),
  );
  app.post('/admin/tasks/reconcile', { config: { access: 'orders:write' } }, (request, reply) =>
    controller.reconcile(request, reply),
  );
  app.get(
    '/admin/tasks/:id',
    { config: { access: 'orders:read' }, schema: { params: IdParams } },
    (request, reply) => controller.show(request, reply, request.params.id),
  );
  app.post(
    '/admin/tasks/:id/close',
    { config: { access: 'orders:write' }, schema: { params: IdParams, body: CloseForm } },
    (request, reply) => controller.close(request, reply, request.params.id, request.body),
  );
}
