import type { Db } from '../../database/database.ts';
import type { App } from '../../http/app-type.ts';
import { PageOf, problemsFor } from '../../http/schemas.ts';
import { tasksController } from './tasks.controller.ts';
import { CloseTaskBody, ListTasksQuery, TaskParams, TaskSchema } from './tasks.schemas.ts';

const common = { tags: ['Tasks'], security: [{ bearer: [] }] };

/** Work for administrators: what the shop found and cannot put right by itself. */
export function tasksRoutes(app: App, deps: { db: Db }): void {
  const tasks = tasksController(deps);
  app.get(
    '/api/tasks',
    {
      config: { access: 'orders:read' },
      schema: {
        ...common,
        summary: 'List tasks, open ones first',
        querystring: ListTasksQuery,
        response: { 200: PageOf(TaskSchema), ...problemsFor(400, 401, 403) },
      },
    },
    (request) => tasks.list(request.query),
  );
  app.get(
    '/api/tasks/:id',
    {
      config: { access: 'orders:read' },
      schema: {
        ...common,
        summary: 'Show a task',
        params: TaskParams,
        response: { 200: TaskSchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => tasks.show(request.params.id),
  );
  app.put(
    '/api/tasks/:id',
    {
      config: { access: 'orders:write' },
      schema: {
        ...common,
        summary: 'Close a task with a note',
        description:
          '`done`: it is put right; found again, it is opened anew. `dismissed`: it is known and accepted, for as long as the same is found.',
        params: TaskParams,
        body: CloseTaskBody,
        response: { 200: TaskSchema, ...problemsFor(400, 401, 403, 404, 409) },
      },
    },
    (request) => tasks.close(request, request.params.id, request.body),
  );
}
