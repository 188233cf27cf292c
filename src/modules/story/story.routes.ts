import type { Db } from '../../database/database.ts';
import type { App } from '../../http/app-type.ts';
import { problemsFor } from '../../http/schemas.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { storyController } from './story.controller.ts';
import { SearchSchema, StoryQuery } from './story.schemas.ts';

/** What happened to an order, and what is wrong with it now, for administrators. */
export function storyRoutes(app: App, deps: { db: Db; metrics: Metrics }): void {
  const story = storyController(deps);
  app.get(
    '/api/admin/story',
    {
      config: { access: 'orders:read' },
      schema: {
        tags: ['Operations'],
        security: [{ bearer: [] }],
        summary:
          'Find an order and tell its story: what is wrong now, and everything that happened',
        querystring: StoryQuery,
        response: { 200: SearchSchema, ...problemsFor(400, 401, 403) },
      },
    },
    (request) => story.search(request.query.q),
  );
}
