import { Type } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { App } from '../../http/app-type.ts';
import { principalOf } from '../../http/principal.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import { PageOf, PageQuery, problemsFor } from '../../http/schemas.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { changePassword } from './change-password.service.ts';
import { ChangePasswordBody, SessionParams, SessionSchema } from './identity.schemas.ts';
import { endOtherSessions, endOwnSession, listSessions } from './own-sessions.service.ts';

const common = { tags: ['Identity'], security: [{ bearer: [] }] };

/** The API by which people see where they are signed in, sign out elsewhere and change their password. */
export function ownSessionsRoutes(
  app: App,
  deps: { db: Db; limiter: RateLimiter; logger: Logger },
): void {
  const { db } = deps;
  app.get(
    '/api/auth/sessions',
    {
      config: { access: 'signed-in' },
      schema: {
        ...common,
        summary: 'List where one is signed in, the newest session first',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: { 200: PageOf(SessionSchema), ...problemsFor(400, 401) },
      },
    },
    (request) => {
      const { limit = DEFAULT_LIMIT, cursor } = request.query;
      return listSessions(db, principalOf(request), { limit, cursor });
    },
  );
  app.delete(
    '/api/auth/sessions/:id',
    {
      config: { access: 'signed-in', changesStanding: true },
      schema: {
        ...common,
        summary: 'End one of one’s own sessions',
        params: SessionParams,
        response: {
          204: Type.Null({ description: 'It has ended.' }),
          ...problemsFor(400, 401, 404),
        },
      },
    },
    async (request, reply) => {
      await endOwnSession(db, principalOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/auth/sessions',
    {
      config: { access: 'signed-in', changesStanding: true },
      schema: {
        ...common,
        summary: 'End all of one’s sessions but the one that asks',
        response: { 204: Type.Null({ description: 'They have ended.' }), ...problemsFor(401) },
      },
    },
    async (request, reply) => {
      await endOtherSessions(db, principalOf(request));
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/auth/change-password',
    {
      config: { access: 'signed-in', changesStanding: true },
      schema: {
        ...common,
        summary: 'Change the password',
        description: 'All other sessions end. Wrong current passwords are limited as sign-ins are.',
        body: ChangePasswordBody,
        response: {
          204: Type.Null({ description: 'The password is changed.' }),
          ...problemsFor(400, 401, 409, 413, 415, 429),
        },
      },
    },
    async (request, reply) => {
      await changePassword(deps, principalOf(request), request.body);
      return reply.code(204).send(null);
    },
  );
}
