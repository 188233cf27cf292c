import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { problemsFor } from '../../http/schemas.ts';
import { flagsController } from './flags.controller.ts';
import {
  FlagBody,
  FlagParams,
  FlagSchema,
  ResultSchema,
  SegmentBody,
  SegmentParams,
  SegmentSchema,
  VersionQuery,
} from './flags.schemas.ts';
import type { FlagsDeps } from './flags.service.ts';

const common = { tags: ['Flags'], security: [{ bearer: [] }] };
const Deleted = Type.Null({ description: 'Deleted.' });

/** Feature flags and the segments that they are aimed at, for administrators. */
export function flagRoutes(app: App, deps: FlagsDeps): void {
  const flags = flagsController(deps);
  app.get(
    '/api/flags',
    {
      config: { access: 'settings:read' },
      schema: {
        ...common,
        summary: 'List every feature flag: those of the code, and what is left of others',
        response: { 200: Type.Object({ data: Type.Array(FlagSchema) }), ...problemsFor(401, 403) },
      },
    },
    () => flags.list(),
  );
  app.get(
    '/api/flags/:key',
    {
      config: { access: 'settings:read' },
      schema: {
        ...common,
        summary: 'Show a feature flag',
        params: FlagParams,
        response: { 200: FlagSchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => flags.show(request.params.key),
  );
  app.put(
    '/api/flags/:key',
    {
      config: { access: 'settings:write' },
      schema: {
        ...common,
        summary: 'Set a feature flag, for every process at once',
        description:
          'Says by `version` which state it changes; where somebody else has changed it meanwhile it is refused. An experiment runs from when `experiment` is set until it is not.',
        params: FlagParams,
        body: FlagBody,
        response: { 200: FlagSchema, ...problemsFor(400, 401, 403, 404, 409) },
      },
    },
    (request) => flags.set(request.params.key, request.body),
  );
  app.delete(
    '/api/flags/:key',
    {
      config: { access: 'settings:write' },
      schema: {
        ...common,
        summary:
          'Set a feature flag back to what the code declares, with its experiments forgotten',
        params: FlagParams,
        querystring: VersionQuery,
        response: { 204: Deleted, ...problemsFor(400, 401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      await flags.reset(request.params.key, request.query.version);
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/flags/:key/results',
    {
      config: { access: 'settings:read' },
      schema: {
        ...common,
        summary: 'Show what the last experiments of a flag came to, newest first',
        params: FlagParams,
        response: {
          200: Type.Object({ data: Type.Array(ResultSchema) }),
          ...problemsFor(400, 401, 403, 404),
        },
      },
    },
    (request) => flags.results(request.params.key),
  );
  segmentRoutes(app, flags);
}

function segmentRoutes(app: App, flags: ReturnType<typeof flagsController>): void {
  app.get(
    '/api/flag-segments',
    {
      config: { access: 'settings:read' },
      schema: {
        ...common,
        summary: 'List the segments that rules of flags name',
        response: {
          200: Type.Object({ data: Type.Array(SegmentSchema) }),
          ...problemsFor(401, 403),
        },
      },
    },
    () => flags.segments(),
  );
  app.put(
    '/api/flag-segments/:key',
    {
      config: { access: 'settings:write' },
      schema: {
        ...common,
        summary: 'Make a segment (version 0), or change one',
        params: SegmentParams,
        body: SegmentBody,
        response: { 200: SegmentSchema, ...problemsFor(400, 401, 403, 409) },
      },
    },
    (request) => flags.setSegment(request.params.key, request.body),
  );
  app.delete(
    '/api/flag-segments/:key',
    {
      config: { access: 'settings:write' },
      schema: {
        ...common,
        summary: 'Delete a segment',
        params: SegmentParams,
        querystring: VersionQuery,
        response: { 204: Deleted, ...problemsFor(400, 401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      await flags.removeSegment(request.params.key, request.query.version);
      return reply.code(204).send(null);
    },
  );
}
