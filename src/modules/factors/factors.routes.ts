import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { principalOf } from '../../http/principal.ts';
import { problemsFor } from '../../http/schemas.ts';
import { ApiSessionSchema } from '../identity/identity.schemas.ts';
import { type AccessTokens, createApiSession } from '../identity/session.service.ts';
import { confirmIdentity } from './confirm.service.ts';
import { ConfirmBody, SecondFactorBody } from './factors.schemas.ts';
import type { FactorDeps } from './second-factor.service.ts';
import { passSecondStep } from './second-step.service.ts';

const tags = ['Identity'];

/** The API of second steps: of a sign-in, and of what asks for a recent proof of who one is. */
export function factorRoutes(app: App, deps: FactorDeps & { tokens: AccessTokens }): void {
  const { tokens } = deps;
  app.post(
    '/api/auth/second-factor',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Sign in: the second step',
        description:
          'After `second_factor_required`, with the challenge of that answer. Wrong codes are limited per account.',
        body: SecondFactorBody,
        response: { 200: ApiSessionSchema, ...problemsFor(400, 401, 413, 415, 429) },
      },
    },
    (request) =>
      passSecondStep(deps, { ...request.body, address: request.ip }, (tx, user) =>
        createApiSession(tx, { tokens, user, userAgent: request.headers['user-agent'] }),
      ),
  );
  app.post(
    '/api/auth/confirm',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        security: [{ bearer: [] }],
        summary: 'Prove again who one is',
        description:
          'Opens what answers `step_up_required`, to this session, for ten minutes. Limited as sign-ins are.',
        body: ConfirmBody,
        response: {
          204: Type.Null({ description: 'Confirmed.' }),
          ...problemsFor(400, 401, 413, 415, 429),
        },
      },
    },
    async (request, reply) => {
      const { password, code } = request.body;
      await confirmIdentity(deps, principalOf(request), { password, code, address: request.ip });
      return reply.code(204).send(null);
    },
  );
}
