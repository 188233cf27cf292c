import { Type } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { App } from '../../http/app-type.ts';
import { PageOf, problemsFor } from '../../http/schemas.ts';
import { trailController } from './trail.controller.ts';
import {
  ExportTrailQuery,
  ListTrailQuery,
  TrailEntrySchema,
  TrailParams,
} from './trail.schemas.ts';

const common = { tags: ['Audit trail'], security: [{ bearer: [] }] };

/** Who did what, to read and to take out: it is written by what is done alone. */
export function trailRoutes(app: App, deps: { db: Db }): void {
  const trail = trailController(deps);
  app.get(
    '/api/audit-trail',
    {
      config: { access: 'audit:read' },
      schema: {
        ...common,
        summary: 'List what staff did and what was refused, the latest first',
        querystring: ListTrailQuery,
        response: { 200: PageOf(TrailEntrySchema), ...problemsFor(400, 401, 403) },
      },
    },
    (request) => trail.list(request.query),
  );
  app.get(
    '/api/audit-trail/export',
    {
      config: { access: 'audit:write', stepUp: true },
      schema: {
        ...common,
        summary: 'Export the audit trail, in the order of its chain',
        description: 'JSON lines or CSV. That it was exported is noted in it.',
        produces: ['application/jsonl', 'text/csv'],
        querystring: ExportTrailQuery,
        response: {
          200: {
            description: 'The file.',
            content: {
              'application/jsonl': { schema: Type.String({ examples: ['{"position":1,…}'] }) },
              'text/csv': { schema: Type.String({ examples: ['Position,Id,…'] }) },
            },
          },
          ...problemsFor(400, 401, 403),
        },
      },
    },
    (request, reply) => trail.export(reply, request.query),
  );
  app.get(
    '/api/audit-trail/:id',
    {
      config: { access: 'audit:read' },
      schema: {
        ...common,
        summary: 'Show an act',
        params: TrailParams,
        response: { 200: TrailEntrySchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => trail.show(request.params.id),
  );
}
