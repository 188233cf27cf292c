import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { FlagParams } from '../flags/flags.schemas.ts';
import { flagController } from './admin-flags.controller.ts';
import type { AdminDeps } from './admin-page.ts';
import { segmentController } from './admin-segments.controller.ts';

const Form = Type.Record(Type.String(), Type.String({ maxLength: 50_000 }));
const reading = { access: 'settings:read' } as const;
const writing = { access: 'settings:write' } as const;

/** Feature flags, what their experiments came to, and the segments that they are aimed at. */
export function flagPages(app: App, deps: AdminDeps): void {
  const flags = flagController(deps);
  const segments = segmentController(deps);
  app.get('/admin/flags', { config: reading }, flags.list);
  app.post('/admin/flags/segments', { config: writing, schema: { body: Form } }, (request, reply) =>
    segments.set(request, reply, request.body),
  );
  app.post(
    '/admin/flags/segments/delete',
    { config: writing, schema: { body: Form } },
    (request, reply) => segments.remove(request, reply, request.body),
  );
  app.get(
    '/admin/flags/:key',
    { config: reading, schema: { params: FlagParams } },
    (request, reply) => flags.show(request, reply, request.params.key),
  );
  app.get(
    '/admin/flags/:key/results',
    { config: reading, schema: { params: FlagParams } },
    (request, reply) => flags.results(request, reply, request.params.key),
  );
  app.post(
    '/admin/flags/:key',
    { config: writing, schema: { params: FlagParams, body: Form } },
    (request, reply) => flags.set(request, reply, request.params.key, request.body),
  );
  app.post(
    '/admin/flags/:key/switch',
    { config: writing, schema: { params: FlagParams, body: Form } },
    (request, reply) => flags.flip(request, reply, request.params.key, request.body),
  );
  app.post(
    '/admin/flags/:key/reset',
    { config: writing, schema: { params: FlagParams, body: Form } },
    (request, reply) => flags.reset(request, reply, request.params.key, request.body),
  );
}
