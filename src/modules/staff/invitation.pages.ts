import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { MAX_NAME_LENGTH, PASSWORD_LENGTH } from '../identity/identity.model.ts';
import { type InvitationPageDeps, invitationController } from './invitation.controller.ts';

const Token = Type.String({ minLength: 1, maxLength: 200 });
const shared = { _csrf: Type.Optional(Type.String()), token: Token };
const AcceptForm = Type.Object({
  ...shared,
  name: Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH }),
  password: Type.String({ minLength: PASSWORD_LENGTH.minimum, maxLength: PASSWORD_LENGTH.maximum }),
});
const JoinForm = Type.Object({
  ...shared,
  password: Type.String({ minLength: 1, maxLength: PASSWORD_LENGTH.maximum }),
});
const TokenQuery = Type.Object({ token: Type.Optional(Token) });

/** Where a mailed invitation leads: a new account, or a customer's that joins. */
export function invitationPages(app: App, deps: InvitationPageDeps): void {
  const invitation = invitationController(deps);
  app.get(
    '/invitation',
    { config: { access: 'anyone' }, schema: { querystring: TokenQuery } },
    (request, reply) => invitation.show(request, reply, request.query.token),
  );
  app.post(
    '/invitation',
    {
      config: { access: 'anyone', changesStanding: true },
      attachValidation: true,
      schema: { body: AcceptForm },
    },
    (request, reply) => invitation.accept(request, reply, request.body),
  );
  app.post(
    '/invitation/join',
    {
      config: { access: 'signed-in', changesStanding: true },
      attachValidation: true,
      schema: { body: JoinForm },
    },
    (request, reply) => invitation.join(request, reply, request.body),
  );
}
