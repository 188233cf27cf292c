import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { ChangePasswordForm, SessionParams } from './identity.schemas.ts';
import { type OwnSessionsDeps, ownSessionsController } from './own-sessions.controller.ts';

const Paging = Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 512 })) });

/** The pages on which people see where they are signed in, sign out elsewhere and change their password. */
export function ownSessionsPages(app: App, deps: OwnSessionsDeps): void {
  const controller = ownSessionsController(deps);
  const config = { access: 'signed-in' } as const;
  const ending = { access: 'signed-in', changesStanding: true } as const;

  app.get('/account/sessions', { config, schema: { querystring: Paging } }, (request, reply) =>
    controller.show(request, reply, request.query.cursor),
  );
  app.post(
    '/account/sessions/:id/end',
    { config: ending, schema: { params: SessionParams } },
    (request, reply) => controller.endOne(request, reply, request.params.id),
  );
  app.post('/account/sessions/end-others', { config: ending }, controller.endOthers);
  app.get('/account/password', { config }, controller.showPassword);
  app.post(
    '/account/password',
    { config: ending, attachValidation: true, schema: { body: ChangePasswordForm } },
    (request, reply) => controller.changePassword(request, reply, request.body),
  );
}
