import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import type { AdminDeps } from './admin-page.ts';
import { runbookController } from './runbook.controller.ts';
import { storyController } from './story.controller.ts';

const StorySearch = Type.Object({ q: Type.Optional(Type.String({ maxLength: 200 })) });
const RunbookParams = Type.Object({ name: Type.String({ pattern: '^[A-Za-z-]{1,60}\\.md$' }) });

/** The story of an order, and the runbooks that it leads to. */
export function storyPages(app: App, deps: AdminDeps): void {
  const story = storyController(deps);
  const runbooks = runbookController(deps);
  app.get(
    '/admin/story',
    { config: { access: 'orders:read' }, schema: { querystring: StorySearch } },
    (request, reply) => story.show(request, reply, request.query.q ?? ''),
  );
  app.get(
    '/admin/runbooks/:name',
    { config: { access: 'staff' }, schema: { params: RunbookParams } },
    (request, reply) => runbooks.show(request, reply, request.params.name),
  );
}
