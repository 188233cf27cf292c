import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import {
  ForgotPasswordForm,
  NextQuery,
  ResetPasswordForm,
  SignInForm,
  SignUpForm,
} from './identity.schemas.ts';
import { type IdentityPageDeps, identityPageController } from './identity-pages.controller.ts';

/** The pages on which people sign in, sign up, sign out and set a new password. */
export function identityPages(app: App, deps: IdentityPageDeps): void {
  const controller = identityPageController(deps);
  // A form that does not fit its schema is shown again with what to change, instead of an error page.
  const attachValidation = true;

  app.get(
    '/sign-in',
    { config: { access: 'anyone' }, schema: { querystring: NextQuery } },
    (request, reply) => controller.showSignIn(request, reply, request.query.next),
  );
  app.post(
    '/sign-in',
    {
      config: { access: 'anyone' },
      attachValidation,
      schema: { querystring: NextQuery, body: SignInForm },
    },
    (request, reply) => controller.signIn(request, reply, request.body, request.query.next),
  );
  app.get(
    '/sign-up',
    { config: { access: 'anyone' }, schema: { querystring: NextQuery } },
    (request, reply) => controller.showSignUp(request, reply, request.query.next),
  );
  app.post(
    '/sign-up',
    {
      config: { access: 'anyone' },
      attachValidation,
      schema: { querystring: NextQuery, body: SignUpForm },
    },
    (request, reply) => controller.signUp(request, reply, request.body, request.query.next),
  );
  app.post('/sign-out', { config: { access: 'anyone' } }, controller.signOut);

  app.get('/forgot-password', { config: { access: 'anyone' } }, controller.showForgotPassword);
  app.post(
    '/forgot-password',
    { config: { access: 'anyone' }, attachValidation, schema: { body: ForgotPasswordForm } },
    (request, reply) => controller.forgotPassword(request, reply, request.body),
  );
  app.get(
    '/reset-password',
    {
      config: { access: 'anyone' },
      schema: {
        querystring: Type.Object({ token: Type.Optional(Type.String({ maxLength: 200 })) }),
      },
    },
    (request, reply) => controller.showResetPassword(request, reply, request.query.token),
  );
  app.post(
    '/reset-password',
    {
      config: { access: 'anyone', changesStanding: true },
      attachValidation,
      schema: { body: ResetPasswordForm },
    },
    (request, reply) => controller.resetPassword(request, reply, request.body),
  );
}
