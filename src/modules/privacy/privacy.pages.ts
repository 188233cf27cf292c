import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { type PrivacyDeps, privacyController } from './privacy.controller.ts';

const PasswordForm = Type.Object({ password: Type.String({ minLength: 1, maxLength: 200 }) });
export interface PasswordForm {
  readonly password: string;
}

/** What the shop knows of a customer, for them to take along or to have erased. */
export function privacyPages(app: App, deps: PrivacyDeps): void {
  const controller = privacyController(deps);
  const schema = { body: PasswordForm };
  app.get('/account/data', { config: { access: 'signed-in' } }, controller.showData);
  app.get('/account/erase', { config: { access: 'signed-in' } }, controller.showErase);
  app.post(
    '/account/data.json',
    { config: { access: 'signed-in' }, attachValidation: true, schema },
    (request, reply) => controller.export(request, reply, request.body),
  );
  app.post(
    '/account/erase',
    {
      config: { access: 'signed-in', changesStanding: true },
      attachValidation: true,
      schema,
    },
    (request, reply) => controller.erase(request, reply, request.body),
  );
}
