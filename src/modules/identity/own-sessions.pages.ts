import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { signedInPage } from '../../http/browser.ts';
import { ChangePasswordForm, SessionParams } from './identity.schemas.ts';
import { type OwnSessionsDeps, ownSessionsController } from './own-sessions.controller.ts';

const Paging = Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 512 })) });

/** The pages on which people see where they are signed in, sign out elsewhere and change their password. */
export function ownSessionsPages(app: App, deps: OwnSessionsDeps): void {
  const controller = ownSessionsController(deps);
  const onRequest = signedInPage;

  app.get('/account/sessions', { onRequest, schema: { querystring: Paging } }, (request, reply) =>
    controller.show(request, reply, request.query.cursor),
  );
  app.post(
    '/account/sessions/:id/end',
    { onRequest, schema: { params: SessionParams } },
    (request, reply) => controller.endOne(request, reply, request.params.id),
  );
  app.post('/account/sessions/end-others', { onRequest }, controller.endOthers);
  app.get('/account/password', { onRequest }, controller.showPassword);
  app.post(
    '/account/password',
    { onRequest, attachValidation: true, schema: { body: ChangePasswordForm } },
    (request, reply) => controller.changePassword(request, reply, request.body),
  );
}
